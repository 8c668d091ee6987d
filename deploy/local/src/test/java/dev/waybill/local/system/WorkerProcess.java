package dev.waybill.local.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/// A worker as an operator would run it: a process with a configuration file, killed or stopped from outside.
final class WorkerProcess implements AutoCloseable {

    private static final Duration READY_MAX = Duration.ofSeconds(60);
    private static final Duration STOP_MAX = Duration.ofSeconds(40);
    private static final Pattern URL = Pattern.compile("REST at (http://\\S+)");

    private final Process process;
    private final Path log;

    private WorkerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /// Starts a worker from the classes of this build.
    static WorkerProcess start(Path directory, String workerId, Map<String, String> settings) {
        List<String> program = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.waybill.worker.app.Main");
        return start(program, directory, workerId, settings);
    }

    /// Starts a worker.
    ///
    /// @param program what takes Waybill's command line
    static WorkerProcess start(List<String> program, Path directory, String workerId, Map<String, String> settings) {
        try {
            List<String> command = new ArrayList<>(program);
            command.addAll(List.of("worker", "--config", PropertiesFile.write(directory, settings)));
            Path log = Files.createTempFile(directory, workerId + "-", ".log");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            WorkerProcess worker = new WorkerProcess(process, log);
            worker.awaitReady();
            return worker;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitReady() {
        Awaitility.await()
                .alias("a worker that is ready; its log is " + log)
                .atMost(READY_MAX)
                .pollInterval(Duration.ofMillis(100))
                .failFast("the worker ended", () -> !process.isAlive())
                .until(this::isReady);
    }

    private boolean isReady() throws IOException {
        Matcher found = URL.matcher(Files.readString(log));
        if (!found.find()) {
            return false;
        }
        HttpURLConnection connection = (HttpURLConnection)
                URI.create(found.group(1) + "/readyz").toURL().openConnection();
        try {
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            return false;
        } finally {
            connection.disconnect();
        }
    }

    /// As the kernel would when memory runs out, or the power when it fails.
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /// As an operator stops it: SIGTERM, and it drains.
    ///
    /// @return the exit code
    int stop() {
        process.destroy();
        awaitEnd();
        return process.exitValue();
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(STOP_MAX.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("the worker did not stop within " + STOP_MAX + "; its log is " + log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    Path log() {
        return log;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        awaitEnd();
    }
}
