package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
/// @param openFiles file descriptors, connections among them
record ProcessUse(long liveBytes, SortedMap<String, Integer> threads, long openFiles) {

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
            "^(?:waybill_attempts_in_flight|waybill_tasks_admitted|waybill_pool_waiting|"
                    + "http_client_open_connections)(?:_\\w+)?\\{([^}]*)} ([0-9.]+)",
            Pattern.MULTILINE);

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
        try (var files = Files.list(Path.of("/proc", Long.toString(worker.pid()), "fd"))) {
            return new ProcessUse(live, threads, files.count());
        }
    }

    static void awaitQuiet(WorkerProcess worker) {
        Awaitility.await()
                .alias("nothing runs any more: no attempt, no admitted task, no connection in use")
                .atMost(QUIET_MAX)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> openWork(worker.url()) == 0);
    }

    private static double openWork(String url) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            String metrics = client.send(
                            HttpRequest.newBuilder(URI.create(url + "/metrics")).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            return OPEN_WORK
                    .matcher(metrics)
                    .results()
                    .filter(found -> !found.group(1).contains("\"idle\""))
                    .mapToDouble(found -> Double.parseDouble(found.group(2)))
                    .sum();
        }
    }

    int threadCount() {
        return threads.values().stream().mapToInt(Integer::intValue).sum();
    }

    /// Nothing has leaked since.
    void assertNoMoreThan(ProcessUse before) {
        assertThat(threadCount())
                .as("threads, of %s as against %s", threads, before.threads)
                .isLessThanOrEqualTo(before.threadCount() + THREADS_SLACK);
        assertThat(openFiles).as("open files").isLessThanOrEqualTo(before.openFiles + FILES_SLACK);
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
