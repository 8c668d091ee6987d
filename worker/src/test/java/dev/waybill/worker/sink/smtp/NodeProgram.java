package dev.waybill.worker.sink.smtp;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A program of `src/test/node/smtp`, with the packages that it needs. It prints its port first.
final class NodeProgram implements AutoCloseable {

    private static final Path SOURCES = Path.of("src", "test", "node", "smtp");

    /// Installed once for all builds; a first installation takes seconds.
    private static final Path INSTALLED = Path.of("target", "npm-smtp").toAbsolutePath();

    private static final int INSTALL_SECONDS = 120;

    private final Process process;
    private final BufferedReader output;
    private final Writer input;
    private final int port;

    private NodeProgram(Process process, BufferedReader output, int port) {
        this.process = process;
        this.output = output;
        this.input = process.outputWriter(StandardCharsets.UTF_8);
        this.port = port;
    }

    /// Starts one, or skips the test where there is no Node.
    static NodeProgram start(String program, List<String> arguments) throws IOException {
        assumeTrue(isInstalled("node") && isInstalled("npm"), "node and npm are not installed");
        install();
        List<String> command =
                new ArrayList<>(List.of("node", INSTALLED.resolve(program).toString()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        String port = output.readLine();
        if (port == null) {
            throw new IOException("node did not start");
        }
        return new NodeProgram(process, output, Integer.parseInt(port));
    }

    private static synchronized void install() throws IOException {
        Path lock = INSTALLED.resolve("package-lock.json");
        Path done = INSTALLED.resolve("installed");
        Files.createDirectories(INSTALLED);
        boolean fresh = Files.exists(done) && Files.mismatch(lock, SOURCES.resolve("package-lock.json")) < 0;
        for (String file : List.of("package.json", "package-lock.json", "mail-server.js", "token-server.js")) {
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

    int port() {
        return port;
    }

    /// Gives a command and reads the answer.
    String tell(String command) throws IOException {
        input.write(command + "\n");
        input.flush();
        return line();
    }

    /// The next line that it prints; waits for it.
    String line() throws IOException {
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
