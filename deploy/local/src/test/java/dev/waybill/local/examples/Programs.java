package dev.waybill.local.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Starts programs of this machine and reads what they print.
public final class Programs {

    public record Ended(int exitCode, List<String> output) {}

    private Programs() {}

    /// Whether this machine has all of them.
    public static boolean exist(String... names) {
        List<String> folders = List.of(System.getenv().getOrDefault("PATH", "").split(":", -1));
        return List.of(names).stream()
                .allMatch(name -> folders.stream().anyMatch(folder -> Files.isExecutable(Path.of(folder, name))));
    }

    /// Both streams together; a program that does not end in time is killed.
    public static Ended run(Path directory, Duration timeout, List<String> command) {
        try {
            Path output = Files.createTempFile("program", ".log");
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
            List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
            Files.delete(output);
            return new Ended(process.exitValue(), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while " + command + " runs", e);
        }
    }
}
