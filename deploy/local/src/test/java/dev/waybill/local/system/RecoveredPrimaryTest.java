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
import dev.waybill.topology.policy.Reasons;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// Requests flow by one rule, whose primary breaks down and works again.
class RecoveredPrimaryTest {

    private static final String ACME = "acme";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// Deliveries that must have gone one way before the test goes on.
    private static final int ENOUGH = 20;

    private final AtomicBoolean broken = new AtomicBoolean(true);
    private final AtomicBoolean flows = new AtomicBoolean(true);
    private final AtomicInteger sent = new AtomicInteger();
    private final Map<String, RouteFate> fates = new ConcurrentHashMap<>();

    @Test
    void it_is_passed_over_while_its_breaker_is_open_and_used_again_afterwards() throws Exception {
        try (Installation installation = Installation.create("recovered");
                ScriptedReceiver receiver = new ScriptedReceiver();
                Application application = new Application(installation)) {
            String primary = put(application, "primary", receiver, () -> broken.get() ? 500 : 204);
            String secondary = put(application, "secondary", receiver, () -> 400);
            String fallback = put(application, "fallback", receiver, () -> 204);
            application.putRule(rule(primary, secondary, fallback));
            try (WorkerProcess worker = installation.startWorker("one")) {
                Thread load = Thread.ofVirtual().start(() -> {
                    while (flows.get()) {
                        application.send(request("d-" + sent.getAndIncrement()), Map.of());
                        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                    }
                });
                awaitEnough(installation, application, fate -> firstReason(fate).equals(Reasons.BREAKER_OPEN));
                broken.set(false);
                awaitEnough(installation, application, fate -> primary.equals(fate.getDestinationId()));
                flows.set(false);
                load.join();
                await(installation, application, () -> fates.size() == sent.get());
                assertThat(fates.values())
                        .allSatisfy(fate -> assertFate(fate, primary, secondary, fallback))
                        .anySatisfy(fate -> assertThat(firstReason(fate)).isEqualTo(Reasons.EXHAUSTED));

                // Only probes had gone there; now everything does.
                int before = sent.get();
                for (int i = 0; i < ENOUGH; i++) {
                    application.send(request("d-" + sent.getAndIncrement()), Map.of());
                }
                await(installation, application, () -> fates.size() == sent.get());
                for (int i = before; i < sent.get(); i++) {
                    assertThat(Objects.requireNonNull(fates.get("d-" + i)).getDestinationId())
                            .isEqualTo(primary);
                }
                worker.stop();
            }
        }
    }

    private static void assertFate(RouteFate fate, String primary, String secondary, String fallback) {
        if (fate.getTrail().isEmpty()) {
            assertThat(fate.getDestinationId()).isEqualTo(primary);
            assertThat(fate.getRuleTier()).isEqualTo("primary");
            return;
        }
        assertThat(fate.getDestinationId()).isEqualTo(fallback);
        assertThat(fate.getRuleTier()).isEqualTo("fallback");
        assertThat(fate.getTrail())
                .extracting(entry -> entry.getDestinationId() + " " + entry.getReason() + " " + entry.getAttempts())
                .containsExactly(
                        primary + (firstReason(fate).equals(Reasons.BREAKER_OPEN) ? " breaker_open 0" : " exhausted 1"),
                        secondary + " permanent 1");
    }

    /// Why the first candidate was left behind.
    private static String firstReason(RouteFate fate) {
        return fate.getTrail().isEmpty() ? "" : fate.getTrail().getFirst().getReason();
    }

    private void awaitEnough(Installation installation, Application application, Predicate<RouteFate> wanted) {
        await(
                installation,
                application,
                () -> fates.values().stream().filter(wanted).count() >= ENOUGH);
    }

    private void await(Installation installation, Application application, BooleanSupplier enough) {
        application.read(installation.topics().results(), PATIENCE, enough, record -> {
            DeliveryResult result = application.codec().decode(record.value(), DeliveryResult.class);
            assertThat(result.getStatus()).isEqualTo("DELIVERED");
            fates.put(result.getDeliveryId(), result.getRoutes().getFirst());
        });
        assertThat(enough.getAsBoolean()).as("in time, of %d", sent.get()).isTrue();
    }

    private static String put(Application application, String name, ScriptedReceiver receiver, IntSupplier status) {
        return application.putWebhook(
                ACME,
                name,
                receiver.plays(name, _ -> Answer.of(status.getAsInt())),
                DeliveryPolicy.newBuilder()
                        .setMaxAttempts(1)
                        .setBreakerMinVolume(5)
                        .setBreakerOpenMs(1_000L)
                        .setBreakerOpenMaxMs(1_000L)
                        .setBreakerProbes(1)
                        .build());
    }

    private static DefaultDestinationRule rule(String primary, String secondary, String fallback) {
        return DefaultDestinationRule.newBuilder()
                .setOrganizationId(ACME)
                .setRuleId("orders")
                .setName("orders")
                .setPriority(1)
                .setSelection("failover")
                .setPrimary(List.of(new RuleTarget(primary, 1)))
                .setSecondary(List.of(new RuleTarget(secondary, 1)))
                .setFallback(List.of(new RuleTarget(fallback, 1)))
                .setVersion(1)
                .setChangedAt(Instant.now())
                .build();
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
