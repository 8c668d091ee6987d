package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.avro.Payload;
import dev.waybill.avro.RouteFate;
import dev.waybill.avro.RuleTarget;
import dev.waybill.local.system.ScriptedReceiver.Answer;
import dev.waybill.schemas.Kind;
import dev.waybill.topology.policy.Reasons;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// A destination that is tested on a schedule, and to which nothing goes while its test fails.
class ScheduledTestsTest {

    private static final String ACME = "acme";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final AtomicBoolean broken = new AtomicBoolean(true);
    private final Map<String, RouteFate> fates = new ConcurrentHashMap<>();
    private int sent;

    @Test
    void it_is_passed_over_before_anything_was_sent_and_used_again_when_a_test_succeeds() throws Exception {
        try (Installation installation = Installation.create("tested");
                ScriptedReceiver receiver = new ScriptedReceiver();
                Application application = new Application(installation)) {
            String primary = put(
                    application,
                    "primary",
                    receiver.plays("primary", _ -> Answer.of(broken.get() ? 500 : 204)),
                    DeliveryPolicy.newBuilder()
                            .setTestIntervalMs(1_000L)
                            .setMaxAttempts(1)
                            .setBreakerEnabled(false)
                            .build());
            String fallback = put(
                    application,
                    "fallback",
                    receiver.plays("fallback", _ -> Answer.of(204)),
                    DeliveryPolicy.newBuilder().build());
            application.putRule(DefaultDestinationRule.newBuilder()
                    .setOrganizationId(ACME)
                    .setRuleId("orders")
                    .setName("orders")
                    .setPriority(1)
                    .setSelection("failover")
                    .setPrimary(List.of(new RuleTarget(primary, 1)))
                    .setFallback(List.of(new RuleTarget(fallback, 1)))
                    .setVersion(1)
                    .setChangedAt(Instant.now())
                    .build());
            try (WorkerProcess worker = installation.startWorker("one")) {
                sendUntil(
                        installation,
                        application,
                        fate -> fate.getTrail().size() == 1
                                && fate.getTrail().getFirst().getReason().equals(Reasons.BREAKER_OPEN)
                                && fate.getTrail().getFirst().getAttempts() == 0
                                && fallback.equals(fate.getDestinationId()));
                broken.set(false);
                sendUntil(installation, application, fate -> primary.equals(fate.getDestinationId()));
                worker.stop();
            }
        }
    }

    private void sendUntil(Installation installation, Application application, Predicate<RouteFate> wanted) {
        Instant end = Instant.now().plus(PATIENCE);
        boolean found = false;
        while (!found && Instant.now().isBefore(end)) {
            String id = "d-" + sent++;
            application.send(request(id), Map.of());
            application.read(installation.topics().results(), PATIENCE, () -> fates.containsKey(id), record -> {
                DeliveryResult result = application.codec().decode(record.value(), DeliveryResult.class);
                fates.put(result.getDeliveryId(), result.getRoutes().getFirst());
            });
            RouteFate fate = fates.get(id);
            assertThat(fate).as("in time").isNotNull();
            found = wanted.test(fate);
        }
        assertThat(found).as("in time, of %d", sent).isTrue();
    }

    private static String put(Application application, String name, String url, DeliveryPolicy policy) {
        return application.put(ACME, name, Kind.WEBHOOK, "webhook", Map.of("url", url, "test.request", "ping"), policy);
    }

    private static DeliveryRequest request(String deliveryId) {
        return DeliveryRequest.newBuilder()
                .setDeliveryId(deliveryId)
                .setOrganizationId(ACME)
                .setPayload(Payload.newBuilder()
                        .setType("order")
                        .setBody(ByteBuffer.wrap(new byte[] {1}))
                        .build())
                .setRequestedAt(Instant.now())
                .build();
    }
}
