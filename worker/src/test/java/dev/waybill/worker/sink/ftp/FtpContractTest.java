package dev.waybill.worker.sink.ftp;

import dev.waybill.worker.sink.SinkProvider;
import dev.waybill.worker.sink.transfer.TransferContractTest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

class FtpContractTest extends TransferContractTest {

    private final FtpProvider provider = new FtpProvider(dialer, secrets, InstantSource.system());

    @Override
    protected SinkProvider provider() {
        return provider;
    }

    @Override
    protected Peer start(Path root) throws IOException {
        return ScriptedFtpServer.start(root);
    }

    @Override
    protected Map<String, String> more() {
        return Map.of("user", ScriptedFtpServer.USER, "tls", "none", "connections.max", "8");
    }

    @Override
    protected String bounded() {
        return "a reply of FTP that has no end is none: see FtpSinkTest";
    }
}
