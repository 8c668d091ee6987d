package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.avro.DestinationHealth;
import dev.waybill.local.system.FaultyReceiver.Fault;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Receivers that fail in every way are left alone, taken up again when they work, and leave nothing behind. The others
/// do not notice.
@SuppressWarnings("NullAway") // an unexpected null fails the test
class ReceiverFaultsTest {

    private static final String ACME = "acme";
    private static final int EACH = 30;
    private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);

    /// Several times what breakers, retries and the longest answer take together.
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Map<Fault, FaultyReceiver> faulty = new EnumMap<>(Fault.class);
    private final Map<Fault, String> ids = new EnumMap<>(Fault.class);

    @Test
    void they_are_left_alone_and_taken_up_again_and_nothing_leaks() throws Exception {
        try (Installation installation = Installation.create("receivers");
                RecordingReceiver well = new RecordingReceiver();
                Application application = new Application(installation)) {
            application.putWebhook(ACME, "well", well.url("/ok"), new DeliveryPolicy());
            for (Fault fault : Fault.values()) {
                FaultyReceiver receiver = new FaultyReceiver(fault);
                faulty.put(fault, receiver);
                ids.put(fault, application.putWebhook(ACME, fault.name(), receiver.url(), impatient()));
            }
            try (WorkerProcess worker = installation.startWorker("one")) {
                send(application, "warm");
                results(application, id -> id.startsWith("warm"), (Fault.values().length + 1) * EACH);
                ProcessUse before = ProcessUse.atQuiet(worker);

                for (FaultyReceiver receiver : faulty.values()) {
                    receiver.fail();
                }
                send(application, "late");
                assertThat(results(application, id -> id.startsWith("late-well"), EACH))
                        .as("what goes to the receiver that works")
                        .allSatisfy(
                                (_, result) -> assertThat(result.getStatus()).isEqualTo("DELIVERED"));
                awaitHealth(
                        installation,
                        application,
                        health -> ids.entrySet().stream()
                                .allMatch(one -> isShut(one.getKey(), health.get(one.getValue()))));
                WaitingTasks.assertRowsHaveDueTimes(installation);
                assertThat(WaitingTasks.assertHaveDueTimes(installation, application))
                        .isPositive();

                for (Fault fault : Fault.values()) {
                    if (fault != Fault.GONE) {
                        faulty.get(fault).mend();
                    }
                }
                Map<String, DeliveryResult> all =
                        results(application, id -> id.startsWith("late"), (Fault.values().length + 1) * EACH);
                // What was routed once the receiver was known to be gone was not even tried.
                assertThat(all)
                        .allSatisfy((id, result) -> assertThat(result.getStatus())
                                .as(id)
                                .isIn(
                                        id.startsWith("late-GONE")
                                                ? List.of("FAILED", "REJECTED")
                                                : List.of("DELIVERED")));
                assertThat(faulty)
                        .allSatisfy((fault, receiver) -> assertThat(receiver.receipts())
                                .as("deliveries that came, each once, to %s", fault)
                                .hasSize(fault == Fault.GONE ? EACH : 2 * EACH)
                                .allSatisfy((_, times) -> assertThat(times).hasSize(1)));
                awaitHealth(installation, application, health -> health.keySet().equals(Set.of(ids.get(Fault.GONE))));
                ProcessUse.atQuiet(worker).assertNoMoreThan(before);
                worker.stop();
            }
        } finally {
            for (FaultyReceiver receiver : faulty.values()) {
                receiver.close();
            }
        }
    }

    /// Waits for nothing long, so that each fault shows within seconds.
    private static DeliveryPolicy impatient() {
        return DeliveryPolicy.newBuilder()
                .setMaxAttempts(1_000)
                .setDelaysMs(List.of(300L, 1_000L))
                .setConnectTimeoutMs(500L)
                .setFirstByteTimeoutMs(500L)
                .setTotalTimeoutMs(1_000L)
                .setRetryAfterCapMs(1_000L)
                .setBreakerMinVolume(5)
                .setBreakerOpenMs(1_000L)
                .setBreakerOpenMaxMs(2_000L)
                .setBreakerProbes(1)
                .build();
    }

    private static void send(Application application, String name) {
        for (int i = 0; i < EACH; i++) {
            application.request(name + "-well-" + i, ACME, List.of("well"), BODY);
            for (Fault fault : Fault.values()) {
                application.request(name + "-" + fault + "-" + i, ACME, List.of(fault.name()), BODY);
            }
        }
        application.flush();
    }

    private static boolean isShut(Fault fault, @Nullable DestinationHealth health) {
        return health != null && (fault == Fault.GONE ? health.getDisabledReason() != null : health.getTrips() > 0);
    }

    private static Map<String, DeliveryResult> results(Application application, Predicate<String> which, int count) {
        Map<String, DeliveryResult> found = new HashMap<>();
        List<String> twice = new ArrayList<>();
        Instant end = Instant.now().plus(PATIENCE);
        do {
            found.clear();
            application.results(Duration.ofMillis(300), _ -> false).forEach((id, list) -> {
                if (which.test(id)) {
                    found.put(id, list.getFirst());
                    if (list.size() > 1) {
                        twice.add(id);
                    }
                }
            });
        } while (found.size() < count && Instant.now().isBefore(end));
        assertThat(twice).as("deliveries with several results").isEmpty();
        assertThat(found).as("deliveries with a result").hasSize(count);
        return found;
    }

    private static void awaitHealth(
            Installation installation, Application application, Predicate<Map<String, DestinationHealth>> enough) {
        Map<String, DestinationHealth> health = new HashMap<>();
        Instant end = Instant.now().plus(PATIENCE);
        do {
            health.clear();
            application.read(installation.topics().destinationHealth(), Duration.ofMillis(300), () -> false, record -> {
                String destination = record.key().substring(ACME.length() + 1);
                if (record.value() == null) {
                    health.remove(destination);
                } else {
                    health.put(destination, application.codec().decode(record.value(), DestinationHealth.class));
                }
            });
        } while (!enough.test(health) && Instant.now().isBefore(end));
        assertThat(enough.test(health)).as("health told: %s", health).isTrue();
    }
}
