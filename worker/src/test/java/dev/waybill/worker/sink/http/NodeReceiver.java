package dev.waybill.worker.sink.http;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waybill.worker.sink.tls.TestCertificate;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A receiver on Node's own HTTP/2, as `src/test/node/http2-receiver.js` has it.
final class NodeReceiver implements AutoCloseable {

    private static final Path PROGRAM = Path.of("src", "test", "node", "http2-receiver.js");

    private final Process process;
    private final int port;

    private NodeReceiver(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /// Starts one, or skips the test where there is no Node.
    ///
    /// @param directory for its keys
    /// @param clients   the authority of clients, in PEM; null to take everybody
    static NodeReceiver start(Path directory, @Nullable String clients) throws IOException, GeneralSecurityException {
        assumeTrue(isInstalled(), "node is not installed");
        List<String> command = new ArrayList<>(List.of("node", PROGRAM.toString()));
        command.add(write(directory, "certificate.pem", TestCertificate.valid().serverChain()));
        command.add(write(directory, "key.pem", TestCertificate.valid().serverKey()));
        if (clients != null) {
            command.add(write(directory, "clients.pem", clients));
        }
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        String port = output.readLine();
        if (port == null) {
            throw new IOException("node did not start");
        }
        return new NodeReceiver(process, Integer.parseInt(port));
    }

    private static boolean isInstalled() {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            if (Files.isExecutable(Path.of(folder, "node"))) {
                return true;
            }
        }
        return false;
    }

    private static String write(Path directory, String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    String url(String path) {
        return "https://127.0.0.1:" + port + path;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
