package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.local.fixture.FoldCheck;
import dev.waybill.schemas.Kind;
import io.javalin.Javalin;
import io.javalin.http.Context;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Destinations that take several payloads in a call, on a real broker, over the death of a worker: each delivery has
/// its own result all the same.
class BatchesTest {

    private static final int DELIVERIES = 2_000;
    private static final int POISON_EVERY = 500;
    private static final int RECEIVER_MAX = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /// Takes at most [#RECEIVER_MAX] payloads at a time, and no poison.
    private static final class Receiver implements AutoCloseable {

        final AtomicInteger requests = new AtomicInteger();
        final Map<String, Integer> taken = new ConcurrentHashMap<>();
        final Queue<String> torn = new ConcurrentLinkedQueue<>();
        private final Javalin server;

        Receiver() {
            server = Javalin.create(config -> {
                config.concurrency.useVirtualThreads = true;
                config.startup.showJavalinBanner = false;
                config.http.maxRequestSize = 2 << 20;
                config.routes.post("/batches", this::take);
            });
            server.start("127.0.0.1", 0);
        }

        private void take(Context context) {
            requests.incrementAndGet();
            String[] ids = String.valueOf(context.header("waybill-batch-ids")).split(",", -1);
            List<String> lines = context.body().lines().toList();
            if (ids.length > RECEIVER_MAX) {
                context.status(413);
                return;
            }
            for (int i = 0; i < ids.length; i++) {
                if (lines.size() != ids.length || !lines.get(i).equals(payload(ids[i]))) {
                    torn.add(ids[i]);
                }
                if (isPoison(ids[i])) {
                    context.status(422);
                    return;
                }
            }
            Stream.of(ids).forEach(id -> taken.merge(id, 1, Integer::sum));
            context.status(204);
        }

        String url() {
            return "http://127.0.0.1:" + server.port() + "/batches";
        }

        @Override
        public void close() {
            server.stop();
        }
    }

    private static String payload(String id) {
        return "{ \"delivery\" : \"" + id + "\" }";
    }

    private static boolean isPoison(String id) {
        return Integer.parseInt(id.substring(2)) % POISON_EVERY == 7;
    }

    @Test
    void eachDeliveryHasItsOwnResult() throws Exception {
        try (Installation installation = Installation.create("batches");
                Receiver receiver = new Receiver();
                Application application = new Application(installation)) {
            application.put(
                    "acme",
                    "hook",
                    Kind.WEBHOOK,
                    "webhook",
                    Map.of("url", receiver.url(), "batch.format", "ndjson", "batch.linger.ms", "50"),
                    new DeliveryPolicy());
            application.put(
                    "acme",
                    "archive",
                    Kind.STORAGE,
                    "file",
                    Map.of("directory", "out", "batch.format", "ndjson", "batch.linger.ms", "200"),
                    new DeliveryPolicy());
            Map<String, List<DeliveryResult>> results;
            try (WorkerProcess worker = installation.startWorker("one")) {
                request(application, 0, DELIVERIES / 2);
                application.results(PATIENCE, found -> found >= DELIVERIES / 4);
                request(application, DELIVERIES / 2, DELIVERIES);
                worker.kill();
            }
            try (WorkerProcess worker = installation.startWorker("one")) {
                results = application.results(PATIENCE, found -> found >= DELIVERIES);
                assertThat(new FoldCheck(
                                        installation.backend().bootstrapServers(),
                                        installation.topics().attempts(),
                                        application.codec(),
                                        installation.database().jdbcUrl())
                                .await(PATIENCE)
                                .differences())
                        .isEmpty();
                worker.stop();
            }
            assertThat(results).hasSize(DELIVERIES);
            results.forEach((id, found) -> {
                assertThat(found).as(id).hasSize(1);
                assertThat(found.getFirst().getStatus()).as(id).isEqualTo(isPoison(id) ? "PARTIAL" : "DELIVERED");
                assertThat(found.getFirst().getRoutes())
                        .as(id)
                        .allSatisfy(route -> assertThat(route.getAttempts()).isEqualTo(1));
            });
            assertThat(receiver.torn).isEmpty();
            assertThat(receiver.taken).hasSize(DELIVERIES - DELIVERIES / POISON_EVERY);
            assertThat(receiver.requests).hasValueLessThan(DELIVERIES / 2);
            assertSegments(installation.directory().resolve("files/acme/out"));
        }
    }

    private static void request(Application application, int from, int to) {
        for (int i = from; i < to; i++) {
            String id = "d-" + i;
            application.request(
                    id, "acme", List.of("hook", "archive"), payload(id).getBytes(StandardCharsets.UTF_8));
        }
        application.flush();
    }

    private static int whole(String index) {
        return (int) index.chars().filter(c -> c == '\n').count();
    }

    private static void assertSegments(Path directory) throws IOException {
        Map<String, Integer> found = new ConcurrentHashMap<>();
        int segments = 0;
        try (var files = Files.newDirectoryStream(directory, "*.ndjson.index")) {
            for (Path index : files) {
                segments++;
                Path finished =
                        Path.of(index.toString().substring(0, index.toString().length() - ".index".length()));
                int lines = whole(Files.readString(index));
                // The worker that was killed has left its segments open, and perhaps more in them than it has told of.
                Path segment = Files.exists(finished) ? finished : Path.of(finished + ".open");
                assertThat(segment).exists();
                Files.readAllLines(segment).stream().limit(lines).forEach(line -> found.merge(line, 1, Integer::sum));
            }
        }
        assertThat(found).hasSize(DELIVERIES);
        assertThat(segments).isLessThan(DELIVERIES / 20);
    }
}
