package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/// What a worker's process holds at a quiet moment.
///
/// @param liveBytes heap after a full collection
/// @param threads   platform threads, by their names without numbers
/// @param openFiles file descriptors by what they are, without connections that wait in the pool for their next use
record ProcessUse(long liveBytes, SortedMap<String, Integer> threads, SortedMap<String, Integer> openFiles) {

    /// Threads that come and go by themselves: the compiler's, Javalin's, and those of virtual threads' carriers.
    private static final int THREADS_SLACK = 8;

    /// Connections that may be there at one quiet moment and not at another: those to the brokers, to the database and
    /// to receivers that are kept for a while.
    private static final int FILES_SLACK = 40;

    /// How long what was started may take to come to an end.
    private static final Duration QUIET_MAX = Duration.ofSeconds(30);

    /// A collection does not find what a reference queue or a cache lets go of only after it.
    private static final int COLLECTIONS = 3;

    private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");

    private static final Pattern OPEN_WORK = Pattern.compile(
            "^(?:waybill_attempts_in_flight|waybill_tasks_admitted|waybill_pool_waiting|http_client_open_connections)"
                    + "(?:_\\w+)?\\{[^}]*} ([0-9.E+]+)",
            Pattern.MULTILINE);

    private static final Pattern IDLE = Pattern.compile(
            "^http_client_open_connections(?:_\\w+)?\\{[^}]*\"idle\"[^}]*} ([0-9.E+]+)", Pattern.MULTILINE);

    private static final String SOCKET = "socket";

    /// Waits until nothing runs any more, and looks.
    static ProcessUse atQuiet(WorkerProcess worker) throws IOException, InterruptedException {
        awaitQuiet(worker);
        long live = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            Matcher total = TOTAL.matcher(jcmd(worker, "GC.class_histogram"));
            assertThat(total.find()).isTrue();
            live = Math.min(live, Long.parseLong(total.group(1)));
        }
        SortedMap<String, Integer> threads = new TreeMap<>();
        jcmd(worker, "Thread.print")
                .lines()
                .filter(line -> line.startsWith("\""))
                .map(line -> line.substring(1, line.lastIndexOf('"')).replaceAll("[0-9]+", "N"))
                .forEach(name -> threads.merge(name, 1, Integer::sum));
        SortedMap<String, Integer> files = openFiles(worker);
        files.merge(SOCKET, -(int) sum(metrics(worker.url()), IDLE), Integer::sum);
        return new ProcessUse(live, threads, files);
    }

    private static SortedMap<String, Integer> openFiles(WorkerProcess worker) throws IOException {
        SortedMap<String, Integer> kinds = new TreeMap<>();
        try (var files = Files.list(Path.of("/proc", Long.toString(worker.pid()), "fd"))) {
            for (Path file : files.toList()) {
                try {
                    String target = Files.readSymbolicLink(file).toString();
                    String name = target.substring(target.lastIndexOf('/') + 1).replaceAll("[0-9]+", "N");
                    kinds.merge(target.startsWith("socket:") ? SOCKET : name, 1, Integer::sum);
                } catch (NoSuchFileException e) {
                    // It was closed meanwhile.
                }
            }
        }
        return kinds;
    }

    static void awaitQuiet(WorkerProcess worker) {
        Awaitility.await()
                .alias("nothing runs any more: no attempt, no admitted task, no connection in use")
                .atMost(QUIET_MAX)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> openWork(worker.url()) == 0);
    }

    private static double openWork(String url) throws IOException, InterruptedException {
        String metrics = metrics(url);
        return sum(metrics, OPEN_WORK) - sum(metrics, IDLE);
    }

    private static double sum(String metrics, Pattern which) {
        return which.matcher(metrics)
                .results()
                .mapToDouble(found -> Double.parseDouble(found.group(1)))
                .sum();
    }

    private static String metrics(String url) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create(url + "/metrics")).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private static int count(SortedMap<String, Integer> all) {
        return all.values().stream().mapToInt(Integer::intValue).sum();
    }

    int threadCount() {
        return count(threads);
    }

    int openFileCount() {
        return count(openFiles);
    }

    /// Nothing has leaked since.
    void assertNoMoreThan(ProcessUse before) {
        assertThat(threadCount())
                .as("threads, of %s as against %s", threads, before.threads)
                .isLessThanOrEqualTo(before.threadCount() + THREADS_SLACK);
        assertThat(openFileCount())
                .as("open files, of %s as against %s", openFiles, before.openFiles)
                .isLessThanOrEqualTo(before.openFileCount() + FILES_SLACK);
    }

    private static String jcmd(WorkerProcess worker, String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(worker.pid()),
                        command)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return out;
    }
}
