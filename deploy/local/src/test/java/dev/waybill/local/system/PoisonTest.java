package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.schemas.Headers;
import dev.waybill.schemas.Kind;
import dev.waybill.schemas.RetryDelay;
import dev.waybill.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Bytes that are no records, on every topic that a worker reads: they stop nothing, and none of them is lost.
class PoisonTest {

    private static final byte[] GARBAGE = "no record at all".getBytes(StandardCharsets.UTF_8);

    /// In the right framing, under an id that no registry gave.
    private static final byte[] UNKNOWN_SCHEMA = {0, 0x7f, 0x7f, 0x7f, 0x7f, 1, 2, 3};

    private static final int DELIVERIES = 20;

    @Test
    void nothingIsStoppedAndNothingIsLost() {
        try (Installation installation = Installation.create("poison");
                RecordingReceiver receiver = new RecordingReceiver();
                Application application = new Application(installation)) {
            Topics topics = installation.topics();
            String id = application.putWebhook("acme", "hook", receiver.url("/ok"), new DeliveryPolicy());
            try (WorkerProcess worker = installation.startWorker("one")) {
                List<String> quarantined = List.of(topics.requests(), topics.returns(), topics.tasks(Kind.WEBHOOK));
                String waiting = topics.retries(RetryDelay.DEFAULTS.getFirst());
                List<String> others = List.of(topics.destinations(), topics.rules(), topics.attempts(), waiting);
                for (String topic : quarantined) {
                    poison(application, topic, "acme");
                }
                for (String topic : others) {
                    poison(application, topic, "acme/" + id + "x");
                }
                // Also under the key of the good destination: its last good version stays in force.
                application.raw(topics.destinations(), "acme/" + id, GARBAGE, Map.of());
                for (int i = 0; i < DELIVERIES; i++) {
                    application.request("d-" + i, "acme", List.of("hook"), new byte[] {1});
                }
                application.flush();
                Map<String, List<DeliveryResult>> results =
                        application.results(Duration.ofSeconds(60), found -> found >= DELIVERIES);
                Audit audit = Audit.of(installation, application, receiver, results, DELIVERIES);
                audit.assertNothingLost();
                audit.assertOneResultEach("DELIVERED");
                Map<String, List<byte[]>> dead = deadLetters(application, topics);
                for (String topic : quarantined) {
                    assertThat(dead.getOrDefault(topic, List.of()))
                            .as("dead letters from " + topic)
                            .anyMatch(bytes -> Arrays.equals(bytes, GARBAGE))
                            .anyMatch(bytes -> Arrays.equals(bytes, UNKNOWN_SCHEMA));
                }
                worker.stop();
            }
        }
    }

    private static void poison(Application application, String topic, String key) {
        application.raw(topic, key, GARBAGE, Map.of());
        application.raw(topic, key, UNKNOWN_SCHEMA, Map.of());
        application.raw(topic, key, null, Map.of());
    }

    /// Values by the topic that they came from; three of each are awaited.
    private static Map<String, List<byte[]>> deadLetters(Application application, Topics topics) {
        Map<String, List<byte[]>> found = Collections.synchronizedMap(new HashMap<>());
        application.read(topics.deadLetters(), Duration.ofSeconds(20), () -> count(found) >= 9, record -> {
            assertThat(Headers.text(record.headers(), Headers.KIND)).isEqualTo(Headers.KIND_POISON);
            assertThat(Headers.text(record.headers(), Headers.ERROR_MESSAGE)).isNotBlank();
            found.computeIfAbsent(
                            String.valueOf(Headers.text(record.headers(), Headers.ERROR_TOPIC)), _ -> new ArrayList<>())
                    .add(record.value() == null ? new byte[0] : record.value());
        });
        return found;
    }

    private static int count(Map<String, List<byte[]>> found) {
        return found.values().stream().mapToInt(List::size).sum();
    }
}
