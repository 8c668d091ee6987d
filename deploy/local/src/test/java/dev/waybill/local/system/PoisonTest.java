package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.schemas.Headers;
import dev.waybill.schemas.Kind;
import dev.waybill.schemas.RecordSizes;
import dev.waybill.schemas.RetryDelay;
import dev.waybill.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// Bytes that are no records, on every topic that a worker reads: they stop nothing, and none of them is lost.
class PoisonTest {

    private static final byte[] GARBAGE = "no record at all".getBytes(StandardCharsets.UTF_8);

    /// In the right framing, under an id that no registry gave.
    private static final byte[] UNKNOWN_SCHEMA = {0, 0x7f, 0x7f, 0x7f, 0x7f, 1, 2, 3};

    /// The topic takes it, but no other topic would with one more header.
    private static final byte[] HUGE = new byte[RecordSizes.RECORD_MAX - 256];

    private static final int DELIVERIES = 20;
    private static final Duration PROJECTED_MAX = Duration.ofSeconds(20);

    @Test
    void nothingIsStoppedAndNothingIsLost() {
        try (Installation installation = Installation.create("poison");
                RecordingReceiver receiver = new RecordingReceiver();
                Application application = new Application(installation)) {
            Topics topics = installation.topics();
            String id = application.putWebhook("acme", "hook", receiver.url("/ok"), new DeliveryPolicy());
            try (WorkerProcess worker = installation.startWorker("one")) {
                List<String> dead = List.of(topics.requests(), topics.returns(), topics.tasks(Kind.WEBHOOK));
                String waiting = topics.retries(RetryDelay.DEFAULTS.getFirst());
                List<String> quarantined = List.of(topics.destinations(), topics.rules(), topics.attempts());
                for (String topic : dead) {
                    poison(application, topic, "acme");
                }
                for (String topic : quarantined) {
                    poison(application, topic, "acme/" + id + "x");
                }
                poison(application, waiting, "acme/" + id);
                for (String topic : List.of(topics.tasks(Kind.WEBHOOK), waiting)) {
                    application.raw(topic, "acme/" + id, HUGE, Map.of());
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
                Map<String, List<byte[]>> letters = deadLetters(application, topics);
                for (String topic : dead) {
                    assertThat(letters.getOrDefault(topic, List.of()))
                            .as("dead letters from " + topic)
                            .anyMatch(bytes -> Arrays.equals(bytes, GARBAGE))
                            .anyMatch(bytes -> Arrays.equals(bytes, UNKNOWN_SCHEMA));
                }
                // What waited in a retry topic comes through the returns, and as it was.
                assertThat(letters.getOrDefault(topics.returns(), List.of()))
                        .filteredOn(bytes -> Arrays.equals(bytes, GARBAGE) || Arrays.equals(bytes, UNKNOWN_SCHEMA))
                        .hasSize(4);
                // What cannot even be moved, no value or far too much, is told without its bytes.
                assertThat(letters.getOrDefault(waiting, List.of())).hasSize(2).allMatch(bytes -> bytes.length == 0);
                assertThat(letters.getOrDefault(topics.tasks(Kind.WEBHOOK), List.of()))
                        .filteredOn(bytes -> bytes.length == 0)
                        .hasSize(2);
                Awaitility.await()
                        .atMost(PROJECTED_MAX)
                        .untilAsserted(() -> assertThat(quarantine(installation))
                                .containsEntry(topics.destinations(), 4)
                                .containsEntry(topics.rules(), 2)
                                .containsEntry(topics.attempts(), 3));
                worker.stop();
            }
        }
    }

    private static void poison(Application application, String topic, String key) {
        application.raw(topic, key, GARBAGE, Map.of());
        application.raw(topic, key, UNKNOWN_SCHEMA, Map.of());
        application.raw(topic, key, null, Map.of());
    }

    /// How many records of each topic could not be projected.
    private static Map<String, Integer> quarantine(Installation installation) throws SQLException {
        Map<String, Integer> found = new HashMap<>();
        try (var connection =
                        DriverManager.getConnection(installation.database().jdbcUrl());
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select topic, count(*) from projection_quarantine group by topic")) {
            while (rows.next()) {
                found.put(rows.getString(1), rows.getInt(2));
            }
        }
        return found;
    }

    /// Values by the topic that they came from; three for each of four topics and two huge ones are awaited.
    private static Map<String, List<byte[]>> deadLetters(Application application, Topics topics) {
        Map<String, List<byte[]>> found = Collections.synchronizedMap(new HashMap<>());
        application.read(topics.deadLetters(), Duration.ofSeconds(20), () -> count(found) >= 14, record -> {
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
