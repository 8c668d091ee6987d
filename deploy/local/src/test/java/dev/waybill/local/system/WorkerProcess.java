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
        return start(program("dev.waybill.worker.app.Main", List.of()), directory, workerId, settings);
    }

    /// Starts a worker and does not wait until it is ready.
    ///
    /// @param main       takes Waybill's command line
    /// @param properties of its JVM
    static WorkerProcess launch(
            String main, List<String> properties, Path directory, String workerId, Map<String, String> settings) {
        return launch(program(main, properties), directory, workerId, settings);
    }

    /// The start of a command that takes Waybill's command line.
    static List<String> program(String main, List<String> properties) {
        List<String> program = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path")));
        program.addAll(properties);
        program.add(main);
        return program;
    }

    /// Starts a worker.
    ///
    /// @param program what takes Waybill's command line
    static WorkerProcess start(List<String> program, Path directory, String workerId, Map<String, String> settings) {
        WorkerProcess worker = launch(program, directory, workerId, settings);
        worker.awaitReady();
        return worker;
    }

    private static WorkerProcess launch(
            List<String> program, Path directory, String workerId, Map<String, String> settings) {
        try {
            List<String> command = new ArrayList<>(program);
            command.addAll(List.of("worker", "--config", PropertiesFile.write(directory, settings)));
            Path log = Files.createTempFile(directory, workerId + "-", ".log");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            return new WorkerProcess(process, log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitReady() {
        Awaitility.await()
                .alias("a worker that is ready; its log is " + log)
                .atMost(READY_MAX)
                .pollInterval(Duration.ofMillis(100))
                .failFast("the worker ended", () -> !process.isAlive())
                .until(this::isReady);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /// Where its REST is.
    String url() throws IOException {
        Matcher found = URL.matcher(Files.readString(log));
        return found.find() ? found.group(1) : "";
    }

    private boolean isReady() throws IOException {
        String url = url();
        if (url.isEmpty()) {
            return false;
        }
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url + "/readyz").toURL().openConnection();
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
