package dev.waybill.worker.sink.sftp;

import dev.waybill.worker.sink.SinkProvider;
import dev.waybill.worker.sink.transfer.TransferContractTest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

class SftpContractTest extends TransferContractTest {

    private final SftpProvider provider = new SftpProvider(dialer, secrets, InstantSource.system());

    @Override
    protected SinkProvider provider() {
        return provider;
    }

    @Override
    protected Peer start(Path root) throws IOException {
        return ScriptedSftpServer.start(root);
    }

    @Override
    protected Map<String, String> more() {
        return Map.of("user", ScriptedSftpServer.USER, "host.keys", ScriptedSftpServer.hostKey());
    }

    @Override
    protected String bounded() {
        return "an answer of SFTP begins with its length, and one that is too long ends the session";
    }
}
