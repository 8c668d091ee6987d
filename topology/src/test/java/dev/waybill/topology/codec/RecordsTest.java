package dev.waybill.topology.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.avro.DeliveryAttempt;
import dev.waybill.avro.DeliveryCommand;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryReturn;
import dev.waybill.avro.DeliveryTask;
import dev.waybill.avro.RouteFate;
import dev.waybill.schemas.Kind;
import dev.waybill.schemas.Topics;
import dev.waybill.schemas.registry.InMemorySchemaRegistry;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.schemas.serde.PoisonRecordException;
import dev.waybill.schemas.serde.SerdeSettings;
import dev.waybill.topology.Models;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Event;
import dev.waybill.topology.model.Fate;
import dev.waybill.topology.model.LastFailure;
import dev.waybill.topology.model.Origin;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.RouteStatus;
import dev.waybill.topology.model.RuleChoice;
import dev.waybill.topology.model.RuleRef;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.model.Tier;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.RateLimit;
import dev.waybill.topology.settlement.OpenDelivery;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway") // an unexpected null fails the test
class RecordsTest {

    private static final Instant NOW = Models.NOW;

    private final Topics topics = new Topics("t.");
    private final AvroCodec avro = new AvroCodec(new InMemorySchemaRegistry(), SerdeSettings.defaults());
    private final Records records = new Records(avro, topics, "worker-1");

    private Bytes encodedRequest() {
        DeliveryRequest request = DeliveryRequest.newBuilder()
                .setDeliveryId("d-1")
                .setOrganizationId("acme")
                .setPayload(dev.waybill.avro.Payload.newBuilder()
                        .setType("audit.report")
                        .setBody(ByteBuffer.wrap(new byte[] {1, 2}))
                        .setFilename("a.txt")
                        .build())
                .setContext(dev.waybill.avro.RequestContext.newBuilder()
                        .setUserRole("admin")
                        .setTags(List.of("x"))
                        .setOccurredAt(NOW)
                        .build())
                .setIdempotencyKey("k")
                .setHeaders(Map.of("h", "v"))
                .setMetadata(Map.of("m", "v"))
                .setMaxAttempts(3)
                .setNotAfter(NOW.plusSeconds(60))
                .setRequestedAt(NOW)
                .setRequestedBy("me")
                .build();
        return Bytes.of(avro.encode(topics.requests(), request));
    }

    private static dev.waybill.avro.Destination.Builder destination() {
        return dev.waybill.avro.Destination.newBuilder()
                .setDestinationId(Models.id("acme", "hook").toString())
                .setOrganizationId("acme")
                .setName("hook")
                .setKind("webhook")
                .setProvider("webhook")
                .setSettings(Map.of("url", "https://example.org"))
                .setVersion(3)
                .setUpdatedAt(NOW);
    }

    private Bytes encoded(dev.waybill.avro.Destination.Builder destination) {
        return Bytes.of(avro.encode(topics.destinations(), destination.build()));
    }

    private Task task() {
        Bytes request = encodedRequest();
        Delivery delivery = new Delivery(
                records.request(request), request, new Origin("requests", 3, 17), NOW.plusNanos(5_000), 2, "hash");
        Destination destination = records.destination(encoded(destination()));
        Route route = Route.start(
                        1,
                        2,
                        new RuleRef("r", 4, "failover", 1, 0),
                        List.of("a", destination.id().toString()))
                .failOver("permanent", new LastFailure("http_410", "gone", 410), NOW)
                .ranked()
                .retry(NOW.plusSeconds(9), new LastFailure("timeout", null, null))
                .waitTurn(NOW.plusSeconds(10));
        return new Task(delivery, route, destination);
    }

    @Test
    void aTaskComesBackAsItWas() {
        Task task = task();
        assertThat(records.task(records.encode(task, "t.tasks.webhook"))).isEqualTo(task);
        Task waiting = new Task(task.delivery(), Route.unresolved(), null);
        assertThat(records.task(records.encode(waiting, "t.retries.1s"))).isEqualTo(waiting);
    }

    @Test
    void everyReturnComesBackAsItWas() {
        Task task = task();
        assertThat(records.returned(records.encodeReturn(records.encode(task, "t.retries.1s"))))
                .isEqualTo(new ReturnedRecord.DueTask(task));
        Fate fate = fate(task);
        assertThat(records.returned(records.encodeSettled(task.delivery(), fate)))
                .isEqualTo(new ReturnedRecord.Settled("d-1", "acme", fate));
        var command = new DeliveryReturn();
        command.setCommand(new DeliveryCommand("cancel", "d-1", "acme", NOW, null));
        assertThat(records.returned(Bytes.of(avro.encode(topics.returns(), command))))
                .isEqualTo(new ReturnedRecord.Command("cancel", "d-1", "acme"));
    }

    @Test
    void anOpenDeliveryComesBackWithoutItsPayload() {
        Task task = task();
        OpenDelivery open = OpenDelivery.start(task.delivery(), 3)
                .claim(0, "a")
                .join(task.route(), 0, NOW)
                .settle(fate(new Task(task.delivery(), Route.start(2, 3, null, List.of("b")), null)))
                .cancel();
        OpenDelivery read = records.openDelivery(records.encode(open));
        assertThat(read.claims()).isEqualTo(open.claims());
        assertThat(read.fates()).isEqualTo(open.fates());
        assertThat(read.cancelled()).isTrue();
        assertThat(read.delivery().request().payload().body()).isNull();
        assertThat(read.delivery().request().deduplicationKey()).isEqualTo("k");
        assertThat(read.delivery().request().tags()).containsExactly("x");
        assertThat(read.delivery().queuedAt()).isEqualTo(task.delivery().queuedAt());
        assertThat(read.delivery().payloadHash()).isEqualTo("hash");
        assertThat(records.openDelivery(records.encode(read))).isEqualTo(read);
    }

    @Test
    void anEventSaysWhatTheAttemptObserved() {
        Task task = task();
        var fault = new Fault(ErrorCategory.RESPONSE, "http_503", "busy", 503);
        var report = new AttemptReport(
                new Outcome.Retryable(fault, null),
                503,
                Map.of("retry-after", "3"),
                "busy",
                10L,
                "192.0.2.1:443",
                new AttemptReport.Phases(Duration.ofMillis(1), null, null, null, Duration.ofMillis(7)),
                NOW);
        var event = new Event(
                Event.Type.ATTEMPT,
                task.delivery(),
                task.route(),
                2,
                task.destination(),
                "retrying",
                null,
                null,
                null,
                2,
                report,
                NOW.plusSeconds(3),
                NOW);
        DeliveryAttempt read = avro.decode(records.encode(event).array(), DeliveryAttempt.class);
        assertThat(read.getOutcome()).isEqualTo("Retryable");
        assertThat(read.getErrorCategory()).isEqualTo("response");
        assertThat(read.getErrorCode()).isEqualTo("http_503");
        assertThat(read.getResponseCode()).isEqualTo(503);
        assertThat(read.getPhases().getTotalMicros()).isEqualTo(7_000);
        assertThat(read.getMaxAttempts()).isEqualTo(3);
        assertThat(read.getRank()).isEqualTo(task.route().rank());
        assertThat(read.getPolicyVersion()).isEqualTo(3);
        assertThat(read.getWorker()).isEqualTo("worker-1");
        assertThat(read.getRequestOffset()).isEqualTo(17);
    }

    @Test
    void aDestinationIsDecodedOncePerVersion() {
        Bytes value = encoded(destination());
        assertThat(records.destination(value))
                .isSameAs(records.destination(Bytes.of(value.array().clone())));
        assertThat(records.destination(value).encoded()).isEqualTo(value);
    }

    @Test
    void whatBreaksItsDocumentationIsInvalid() {
        for (var broken : List.of(
                destination().setKind("pigeon"),
                destination().setDestinationId("hook"),
                destination().setOrganizationId("a/b"),
                destination().setName(" "),
                destination().setPolicy(policy().setMaxAttempts(0).build()),
                destination().setPolicy(policy().setOnAmbiguous("perhaps").build()),
                destination().setPolicy(policy().setJitter(1.1).build()),
                destination().setPolicy(policy().setRatePermits(0).build()),
                destination()
                        .setPolicy(policy().setRatePermits(5).setRateBurst(0).build()),
                destination().setPolicy(policy().setSchedule("slow").build()),
                destination().setPolicy(policy().setMaxAgeMs(Long.MAX_VALUE).build()),
                destination().setPolicy(policy().setMaxDelayMs(Long.MAX_VALUE).build()),
                destination()
                        .setPolicy(policy().setDelaysMs(List.of(1L, Long.MAX_VALUE))
                                .build()),
                destination().setPolicy(policy().setDelayFactor(Double.NaN).build()),
                destination().setName("x".repeat(256)),
                destination().setProvider(""),
                destination().setSettings(Map.of("k", "x".repeat(65_536))))) {
            assertThatThrownBy(() -> records.destination(encoded(broken))).isInstanceOf(InvalidRecordException.class);
        }
        assertThatThrownBy(() -> records.returned(Bytes.of(avro.encode(topics.returns(), new DeliveryReturn()))))
                .isInstanceOf(InvalidRecordException.class);
        assertThatThrownBy(() -> records.task(encodedRequest())).isInstanceOf(PoisonRecordException.class);
    }

    @Test
    void aTaskWrittenBeforeRulesHadSelectionsKeepsItsRule() {
        Task task = task();
        DeliveryTask old = avro.decode(records.encode(task, "t.tasks.webhook").array(), DeliveryTask.class);
        old.setRuleSelection(null);
        old.setPrimaries(0);
        assertThat(records.task(Bytes.of(avro.encode("t.tasks.webhook", old)))
                        .route()
                        .rule())
                .isEqualTo(new RuleRef("r", 4, "all", 1, 0));
    }

    @Test
    void aFateWrittenBeforeRulesHadSelectionsKeepsItsRule() {
        RouteFate old = FateMapping.toAvro(fate(task()));
        old.setRuleSelection(null);
        old.setRuleTier(null);
        assertThat(FateMapping.toModel(old).rule()).isEqualTo(new RuleChoice("r", 4, "all", Tier.FALLBACK));
        old.setFallbackUsed(false);
        assertThat(FateMapping.toModel(old).rule()).isEqualTo(new RuleChoice("r", 4, "all", Tier.PRIMARY));
    }

    @Test
    void aPolicyDeviatesOnlyWhereItSaysSo() {
        var policy = records.destination(encoded(destination()
                        .setPolicy(
                                policy().setMaxAttempts(2).setMaxDelayMs(1_000L).build())))
                .policy();
        var defaults = dev.waybill.topology.policy.Policy.defaults(Kind.WEBHOOK);
        assertThat(policy.maxAttempts()).isEqualTo(2);
        assertThat(policy.schedule().after(1)).isEqualTo(Duration.ofSeconds(1));
        assertThat(policy.jitter()).isEqualTo(defaults.jitter());
        assertThat(policy.maxAge()).isEqualTo(defaults.maxAge());
        assertThat(policy.onAmbiguous()).isEqualTo(defaults.onAmbiguous());
    }

    @Test
    void aNamedScheduleBringsItsAttempts() {
        var svix = policyOf(policy().setSchedule("svix").build());
        assertThat(svix.maxAttempts()).isEqualTo(8);
        assertThat(svix.schedule().after(2)).isEqualTo(Duration.ofMinutes(5));
        assertThat(policyOf(policy().setSchedule("svix").setMaxAttempts(3).build())
                        .maxAttempts())
                .isEqualTo(3);
    }

    @Test
    void aBurstIsAPeriodsPermitsUnlessItIsGiven() {
        assertThat(policyOf(policy().setRatePermits(5).build()).rateLimit())
                .isEqualTo(new RateLimit(5, Duration.ofSeconds(1), 5));
        assertThat(policyOf(policy().setRatePermits(5)
                                .setRatePeriodMs(2_000L)
                                .setRateBurst(1)
                                .build())
                        .rateLimit())
                .isEqualTo(new RateLimit(5, Duration.ofSeconds(2), 1));
    }

    private dev.waybill.topology.policy.Policy policyOf(dev.waybill.avro.DeliveryPolicy policy) {
        return records.destination(encoded(destination().setPolicy(policy))).policy();
    }

    private static dev.waybill.avro.DeliveryPolicy.Builder policy() {
        return dev.waybill.avro.DeliveryPolicy.newBuilder();
    }

    private static Fate fate(Task task) {
        return new Fate(
                task.route().number(),
                RouteStatus.FAILED,
                "exhausted",
                "a",
                Kind.WEBHOOK,
                2,
                new LastFailure("http_503", "busy", 503),
                503,
                true,
                null,
                task.route().choice(),
                task.route().trail(),
                NOW);
    }
}
