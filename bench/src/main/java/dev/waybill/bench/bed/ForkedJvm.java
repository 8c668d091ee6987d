package dev.waybill.bench.bed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A part of a benchmark in a JVM of its own, so that its CPU can be told apart. Its output goes to a file.
public final class ForkedJvm implements AutoCloseable {

    /// What every one of them needs on Java 25, and the collector and object headers that the launcher gives a
    /// worker, and one bound of heap, for all: systems are compared on equal terms.
    private static final List<String> OPTIONS = List.of(
            "-Xmx2g",
            "-XX:+UseParallelGC",
            "-XX:+UseCompactObjectHeaders",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED");

    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final Duration STOP_MAX = Duration.ofSeconds(30);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private final String name;
    private final Process process;
    private final Path log;

    private ForkedJvm(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /// Starts a main class of this process's class path.
    static ForkedJvm start(String name, Path directory, Class<?> main, String... arguments) {
        return start(name, directory, System.getProperty("java.class.path"), main.getName(), arguments);
    }

    public static ForkedJvm start(
            String name, Path directory, String classPath, String mainClass, String... arguments) {
        return start(name, directory, List.of(), classPath, mainClass, arguments);
    }

    /// Starts a main class with options of its own, which prevail.
    public static ForkedJvm start(
            String name,
            Path directory,
            List<String> options,
            String classPath,
            String mainClass,
            String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        command.addAll(options);
        command.addAll(moreOptions(name));
        command.addAll(List.of("-cp", classPath, mainClass));
        command.addAll(List.of(arguments));
        try {
            Path log = Files.createTempFile(directory, name + "-", ".log");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            return new ForkedJvm(name, process, log);
        } catch (IOException e) {
            throw new UncheckedIOException("no JVM for " + name, e);
        }
    }

    /// A profiler's options for one part, for example `-Dbench.jvm.worker=-XX:StartFlightRecording:filename=w.jfr`.
    private static List<String> moreOptions(String name) {
        String given = System.getProperty("bench.jvm." + name, "");
        return given.isBlank() ? List.of() : List.of(given.split(" "));
    }

    /// Waits until the log says so.
    public Matcher await(Pattern pattern) {
        return await(pattern, START_MAX);
    }

    public Matcher await(Pattern pattern, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() < end && process.isAlive()) {
            Matcher found = pattern.matcher(log());
            if (found.find()) {
                return found;
            }
            pause();
        }
        throw new IllegalStateException(name + " does not say " + pattern + "; its log is " + log);
    }

    private String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_EVERY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    /// As an operator would stop it; by force if that takes too long.
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_MAX.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
