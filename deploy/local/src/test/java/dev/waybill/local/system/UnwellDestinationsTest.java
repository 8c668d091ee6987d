package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.avro.DestinationHealth;
import dev.waybill.avro.Payload;
import dev.waybill.avro.RouteFate;
import dev.waybill.avro.RuleConditions;
import dev.waybill.avro.RuleTarget;
import dev.waybill.local.system.ScriptedReceiver.Answer;
import dev.waybill.topology.policy.Reasons;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Destinations that do not work are left alone, over restarts too, and taken up again when they do.
@SuppressWarnings("NullAway") // an unexpected null fails the test
class UnwellDestinationsTest {

    private static final String ACME = "acme";
    private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Map<String, DestinationHealth> health = new HashMap<>();

    @Test
    void they_are_left_alone_and_taken_up_again() throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        try (Installation installation = Installation.create("unwell");
                ScriptedReceiver receiver = new ScriptedReceiver();
                Application application = new Application(installation)) {
            String first = application.putWebhook(
                    ACME,
                    "first",
                    receiver.plays("first", _ -> Answer.of(503)),
                    fragile(600_000).setMaxAttempts(1).build());
            String second = application.putWebhook(
                    ACME,
                    "second",
                    receiver.plays("second", _ -> Answer.of(204)),
                    fragile(600_000).build());
            application.putRule(rule("orders", "order", first, second));
            application.putWebhook(
                    ACME,
                    "alone",
                    receiver.plays("alone", _ -> Answer.of(broken.get() ? 500 : 204)),
                    fragile(1_000).setMaxAttempts(100).build());
            String gone = application.putWebhook(
                    ACME,
                    "gone",
                    receiver.plays("gone", _ -> Answer.of(410)),
                    fragile(1_000).build());
            List<String> before = ids("before", 20);
            List<String> waiting = ids("waiting", 20);
            try (WorkerProcess worker = installation.startWorker("one")) {
                before.forEach(id -> application.send(order(id), Map.of()));
                waiting.forEach(id -> application.request(id, ACME, List.of("alone"), BODY));
                application.request("gone-0", ACME, List.of("gone"), BODY);
                results(application, before);
                await(installation, application, () -> health.containsKey(first) && health.containsKey(gone));
                worker.kill();
            }
            assertThat(health.get(first).getTrips()).isEqualTo(1);
            assertThat(health.get(first).getLastResponseCode()).isEqualTo(503);
            assertThat(health.get(gone).getDisabledReason()).isEqualTo("gone");

            List<String> after = ids("after", 20);
            try (WorkerProcess worker = installation.startWorker("one")) {
                after.forEach(id -> application.send(order(id), Map.of()));
                application.request("gone-1", ACME, List.of("gone"), BODY);
                Map<String, DeliveryResult> results = results(application, after);
                assertThat(after).allSatisfy(id -> {
                    RouteFate fate = results.get(id).getRoutes().getFirst();
                    assertThat(fate.getDestinationId()).isEqualTo(second);
                    assertThat(fate.getTrail().getFirst().getReason()).isEqualTo(Reasons.BREAKER_OPEN);
                    assertThat(fate.getTrail().getFirst().getAttempts()).isZero();
                    assertThat(receiver.requests(id)).hasSize(1);
                });
                assertThat(results(application, List.of("gone-1"))
                                .get("gone-1")
                                .getRoutes()
                                .getFirst()
                                .getReason())
                        .isEqualTo("disabled_destination: gone");
                assertThat(receiver.requests("gone-1")).isEmpty();

                broken.set(false);
                assertThat(results(application, waiting))
                        .allSatisfy(
                                (_, result) -> assertThat(result.getStatus()).isEqualTo("DELIVERED"));
                await(installation, application, () -> health.keySet().equals(java.util.Set.of(first, gone)));
                worker.stop();
            }
        }
    }

    private static List<String> ids(String name, int count) {
        return IntStream.range(0, count).mapToObj(i -> name + "-" + i).toList();
    }

    private static DeliveryPolicy.Builder fragile(long openMillis) {
        return DeliveryPolicy.newBuilder()
                .setDelaysMs(List.of(200L))
                .setBreakerMinVolume(5)
                .setBreakerOpenMs(openMillis)
                .setBreakerOpenMaxMs(openMillis)
                .setBreakerProbes(1);
    }

    private static DefaultDestinationRule rule(String id, String type, String primary, String fallback) {
        return DefaultDestinationRule.newBuilder()
                .setOrganizationId(ACME)
                .setRuleId(id)
                .setName(id)
                .setPriority(1)
                .setConditions(RuleConditions.newBuilder()
                        .setPayloadTypes(List.of(type))
                        .build())
                .setPrimary(List.of(new RuleTarget(primary, 1)))
                .setFallback(List.of(new RuleTarget(fallback, 1)))
                .setVersion(1)
                .setChangedAt(Instant.now())
                .build();
    }

    private static DeliveryRequest order(String deliveryId) {
        return DeliveryRequest.newBuilder()
                .setDeliveryId(deliveryId)
                .setOrganizationId(ACME)
                .setPayload(Payload.newBuilder()
                        .setType("order")
                        .setContentType("application/json")
                        .setBody(ByteBuffer.wrap(BODY))
                        .build())
                .setRequestedAt(Instant.now())
                .build();
    }

    private static Map<String, DeliveryResult> results(Application application, List<String> wanted) {
        Map<String, DeliveryResult> all = new HashMap<>();
        application
                .results(PATIENCE, found -> found >= wanted.size())
                .forEach((id, list) -> all.put(id, list.getFirst()));
        Instant end = Instant.now().plus(PATIENCE);
        while (!all.keySet().containsAll(wanted) && Instant.now().isBefore(end)) {
            application.results(Duration.ofMillis(200), _ -> false).forEach((id, list) -> all.put(id, list.getFirst()));
        }
        List<String> missing = new ArrayList<>(wanted);
        missing.removeAll(all.keySet());
        assertThat(missing).as("without a result").isEmpty();
        all.keySet().retainAll(wanted);
        return all;
    }

    /// Reads the health topic until it says so.
    private void await(Installation installation, Application application, java.util.function.BooleanSupplier enough) {
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
        } while (!enough.getAsBoolean() && Instant.now().isBefore(end));
        assertThat(enough.getAsBoolean()).as("health told: %s", health).isTrue();
    }
}
