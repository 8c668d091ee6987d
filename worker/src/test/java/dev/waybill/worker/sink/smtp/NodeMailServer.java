package dev.waybill.worker.sink.smtp;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waybill.worker.sink.tls.TestCertificate;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Nodemailer's smtp-server, as `src/test/node/smtp/mail-server.js` has it.
final class NodeMailServer implements AutoCloseable {

    static final String USER = "robot@example.com";
    static final String PASSWORD = "hunter2-for-node";

    private static final Path SOURCES = Path.of("src", "test", "node", "smtp");

    /// Installed once for all builds; a first installation takes seconds.
    private static final Path INSTALLED = Path.of("target", "npm-smtp").toAbsolutePath();

    private static final int INSTALL_SECONDS = 120;

    private final Process process;
    private final BufferedReader output;
    private final Writer input;
    private final int port;

    /// A message that the server took.
    ///
    /// @param connection that it came by
    /// @param file       that it is in
    record Taken(String connection, boolean secure, String user, Path file) {

        byte[] bytes() throws IOException {
            return Files.readAllBytes(file);
        }
    }

    private NodeMailServer(Process process, BufferedReader output, int port) {
        this.process = process;
        this.output = output;
        this.input = process.outputWriter(StandardCharsets.UTF_8);
        this.port = port;
    }

    /// Starts one, or skips the test where there is no Node.
    ///
    /// @param directory for its keys and messages
    /// @param size      that a message may have; null for no limit
    static NodeMailServer start(Path directory, Security security, @Nullable Integer size)
            throws IOException, GeneralSecurityException {
        assumeTrue(isInstalled("node") && isInstalled("npm"), "node and npm are not installed");
        install();
        List<String> command = new ArrayList<>(List.of(
                "node",
                INSTALLED.resolve("mail-server.js").toString(),
                directory.toString(),
                write(directory, "certificate.pem", TestCertificate.valid().serverChain()),
                write(directory, "key.pem", TestCertificate.valid().serverKey()),
                security.wireName(),
                USER,
                PASSWORD));
        if (size != null) {
            command.add(size.toString());
        }
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        String port = output.readLine();
        if (port == null) {
            throw new IOException("node did not start");
        }
        return new NodeMailServer(process, output, Integer.parseInt(port));
    }

    private static synchronized void install() throws IOException {
        Path lock = INSTALLED.resolve("package-lock.json");
        Path done = INSTALLED.resolve("installed");
        Files.createDirectories(INSTALLED);
        boolean fresh = Files.exists(done) && Files.mismatch(lock, SOURCES.resolve("package-lock.json")) < 0;
        for (String file : List.of("package.json", "package-lock.json", "mail-server.js")) {
            Files.copy(SOURCES.resolve(file), INSTALLED.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        if (fresh) {
            return;
        }
        Files.deleteIfExists(done);
        Process npm = new ProcessBuilder(
                        "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", INSTALLED.toString())
                .directory(INSTALLED.toFile())
                .redirectErrorStream(true)
                .redirectOutput(INSTALLED.resolve("npm.log").toFile())
                .start();
        try {
            if (!npm.waitFor(INSTALL_SECONDS, TimeUnit.SECONDS) || npm.exitValue() != 0) {
                npm.destroyForcibly();
                throw new IOException("npm ci failed: " + Files.readString(INSTALLED.resolve("npm.log")));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while npm runs", e);
        }
        Files.createFile(done);
    }

    private static boolean isInstalled(String program) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    private static String write(Path directory, String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    int port() {
        return port;
    }

    /// The next message; waits for it.
    Taken taken() throws IOException {
        String[] words = line().split(" ", -1);
        return new Taken(words[0], Boolean.parseBoolean(words[1]), words[2], Path.of(words[3]));
    }

    /// All tokens that were used so far are no good any more.
    void revokeTokens() throws IOException {
        input.write("revoke\n");
        input.flush();
        String answer = line();
        if (!answer.startsWith("revoked ")) {
            throw new IOException("unexpected: " + answer);
        }
    }

    private String line() throws IOException {
        String line = output.readLine();
        if (line == null) {
            throw new IOException("node has ended");
        }
        return line;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
