package dev.waybill.topology;

import static dev.waybill.topology.Samples.ACME;
import static dev.waybill.topology.Samples.destination;
import static dev.waybill.topology.Samples.id;
import static dev.waybill.topology.Samples.request;
import static dev.waybill.topology.Samples.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.avro.DeliveryAttempt;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.avro.DeliveryReturn;
import dev.waybill.schemas.Headers;
import dev.waybill.schemas.serde.PoisonRecordException;
import dev.waybill.topology.codec.InvalidRecordException;
import dev.waybill.topology.policy.Reasons;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway") // an unexpected null fails the test
class BadInputTest {

    private static final byte[] GARBAGE = {7, 7, 7, 7, 7, 7, 7, 7};
    private static final byte[] UNKNOWN_SCHEMA = {0, 0, 0, 99, 99, 1, 2, 3};
    private static final byte[] CUT_SHORT = {0, 0, 0, 0, 1, 20};

    private final TestRouter router = new TestRouter();

    @BeforeEach
    void configure() {
        router.put(destination(ACME, "hook"));
    }

    @AfterEach
    void close() {
        router.close();
    }

    @Test
    void poisonOnRequestsAndReturnsGoesToTheDeadLettersAsItCame() {
        for (String topic : List.of(router.topics.requests(), router.topics.returns())) {
            for (byte[] value : new byte[][] {GARBAGE, UNKNOWN_SCHEMA, CUT_SHORT, {}}) {
                var record = new TestRecord<byte[], byte[]>(new byte[] {(byte) 0xff, 1}, value);
                record.headers().add("mine", new byte[] {1});
                router.pipe(topic, record);
                var dead = TestRouter.only(router.deadLetters());
                assertThat(dead.key()).isEqualTo(record.key());
                assertThat(dead.value()).isEqualTo(value);
                assertThat(dead.headers().lastHeader("mine").value()).containsExactly(1);
                assertThat(Headers.text(dead.headers(), Headers.KIND)).isEqualTo(Headers.KIND_POISON);
                assertThat(Headers.text(dead.headers(), Headers.ERROR_TOPIC)).isEqualTo(topic);
                assertThat(Headers.text(dead.headers(), Headers.ERROR_PARTITION))
                        .isEqualTo("0");
                assertThat(Headers.text(dead.headers(), Headers.ERROR_OFFSET)).isNotNull();
                assertThat(Headers.text(dead.headers(), Headers.ERROR_CLASS))
                        .isEqualTo(PoisonRecordException.class.getName());
                assertThat(Headers.text(dead.headers(), Headers.ERROR_MESSAGE)).isNotBlank();
                assertThat(router.metrics.counted).endsWith("poison " + topic);
            }
        }
        router.request(request("d-1", "hook"));
        assertThat(router.tasks()).hasSize(1);
    }

    @Test
    void nullValuesOnRequestsAndReturnsAreDeadLetters() {
        for (String topic : List.of(router.topics.requests(), router.topics.returns())) {
            router.pipe(topic, new TestRecord<>(TestRouter.utf8(ACME), null));
            var dead = TestRouter.only(router.deadLetters());
            assertThat(dead.value()).isNull();
            assertThat(Headers.text(dead.headers(), Headers.ERROR_CLASS))
                    .isEqualTo(InvalidRecordException.class.getName());
        }
    }

    @Test
    void aRequestWhoseIdsCannotBeAnsweredIsADeadLetter() {
        for (Consumer<DeliveryRequest> spoil : List.<Consumer<DeliveryRequest>>of(
                r -> r.setDeliveryId(""),
                r -> r.setDeliveryId("a b"),
                r -> r.setDeliveryId("x".repeat(256)),
                r -> r.setOrganizationId(""),
                r -> r.setOrganizationId("../etc"),
                r -> r.setOrganizationId("a/b"))) {
            DeliveryRequest request = request("d-1", "hook");
            spoil.accept(request);
            router.request(request);
            assertThat(router.deadLetters()).hasSize(1);
            assertThat(router.results()).isEmpty();
        }
    }

    @Test
    void anEmptyReturnIsADeadLetter() {
        router.pipe(router.topics.returns(), ACME, new DeliveryReturn());
        assertThat(router.deadLetters()).hasSize(1);
    }

    @Test
    void aReturnWhoseTaskIsPoisonIsADeadLetterAsTheTaskWasWritten() {
        for (byte[] task : new byte[][] {GARBAGE, {}}) {
            var value = router.records.encodeReturn(dev.waybill.topology.model.Bytes.of(task));
            router.pipe(router.topics.returns(), new TestRecord<>(TestRouter.utf8(ACME), value.array()));
            assertThat(TestRouter.only(router.deadLetters()).value()).isEqualTo(task);
        }
    }

    @Test
    void anInvalidRequestIsRejectedWithWhatIsWrong() {
        for (Consumer<DeliveryRequest> spoil : List.<Consumer<DeliveryRequest>>of(
                r -> r.setMaxAttempts(0),
                r -> r.getPayload().setType(" "),
                r -> r.getPayload().setBody(null),
                r -> r.setCorrelationId("x".repeat(10_000)),
                r -> r.setCorrelationId("a\0b"))) {
            DeliveryRequest request = request("d-1", "hook");
            spoil.accept(request);
            router.request(request);
            DeliveryResult result = router.onlyResult();
            assertThat(result.getStatus()).isEqualTo("REJECTED");
            assertThat(result.getReason()).startsWith(Reasons.INVALID_REQUEST + ": ");
            DeliveryAttempt event = TestRouter.only(router.events());
            assertThat(event.getDeliveryStatus()).isEqualTo("rejected");
            assertThat(String.valueOf(event.getCorrelationId()))
                    .hasSizeLessThanOrEqualTo(255)
                    .doesNotContain("\0");
            assertThat(router.metrics.counted).endsWith("rejected " + Reasons.INVALID_REQUEST);
        }
        assertThat(router.tasks()).isEmpty();
    }

    @Test
    void anOversizePayloadIsRejectedAndItsSizeAnswered() {
        DeliveryRequest request = request("d-1", "hook");
        request.getPayload().setBody(ByteBuffer.wrap(new byte[512 * 1024]));
        router.request(request);
        assertThat(router.tasks()).hasSize(1);
        request.setDeliveryId("d-2");
        request.getPayload().setBody(ByteBuffer.wrap(new byte[512 * 1024 + 1]));
        router.request(request);
        DeliveryResult result = router.onlyResult();
        assertThat(result.getReason()).isEqualTo(Reasons.OVERSIZE);
        assertThat(result.getPayloadSize()).isEqualTo(512 * 1024 + 1);
        assertThat(result.getPayloadHash()).hasSize(64);
    }

    @Test
    void aRecordLargerThanItsTopicsIsRejectedAndItsHeadersStayBehind() {
        DeliveryRequest request = request("d-1", "hook");
        var record = new TestRecord<byte[], byte[]>(
                TestRouter.utf8(ACME), router.codec.encode(router.topics.requests(), request));
        record.headers().add("huge", new byte[800 * 1024]);
        record.headers().add(Headers.TRACEPARENT, Headers.bytes("00-trace"));
        router.pipe(router.topics.requests(), record);
        var result = TestRouter.only(router.read(router.topics.results()));
        assertThat(router.codec.decode(result.value(), DeliveryResult.class).getReason())
                .isEqualTo(Reasons.OVERSIZE);
        assertThat(result.headers().lastHeader("huge")).isNull();
        assertThat(Headers.text(result.headers(), Headers.TRACEPARENT)).isEqualTo("00-trace");
    }

    @Test
    void aPoisonRecordThatFitsNoTopicStaysWhereItIs() {
        router.pipe(router.topics.requests(), new TestRecord<>(TestRouter.utf8(ACME), new byte[2 * 1024 * 1024]));
        var dead = TestRouter.only(router.deadLetters());
        assertThat(dead.value()).isNull();
        assertThat(Headers.text(dead.headers(), Headers.ERROR_OFFSET)).isEqualTo("0");
    }

    @Test
    void aTaskThatCannotBeOursIsADeadLetter() {
        router.request(request("d-1", "hook"));
        var task = router.onlyTask();
        for (var broken : List.of(
                task.route().passOver("x", HandMovedClock.START),
                dev.waybill.topology.model.Route.start(0, 1, null, List.of()))) {
            router.comeBack(task.with(broken));
            assertThat(router.deadLetters()).hasSize(1);
        }
    }

    @Test
    void badConfigurationKeepsTheLastGoodVersion() {
        var hook = destination(ACME, "hook");
        String key = ACME + "/" + hook.getDestinationId();
        var broken = destination(ACME, "hook");
        broken.setKind("pigeon");
        router.put(broken);
        bad(router.topics.destinations(), key, GARBAGE);
        bad(router.topics.destinations(), key, UNKNOWN_SCHEMA);
        bad(router.topics.destinations(), null, null);
        bad(router.topics.rules(), null, GARBAGE);
        bad(router.topics.rules(), ACME + "/r", CUT_SHORT);
        router.pipe(router.topics.destinations(), "globex/" + hook.getDestinationId(), hook);
        router.pipe(router.topics.rules(), ACME + "/other", rule("r", 1, List.of(id(ACME + "hook"))));
        assertThat(router.metrics.counted).hasSize(8).allMatch(counted -> counted.startsWith("badConfiguration"));
        router.request(request("d-1", "hook"));
        assertThat(router.onlyTask().destination().kind().wireName()).isEqualTo("webhook");
        router.request(request("d-2"));
        assertThat(router.onlyResult().getReason()).isEqualTo(Reasons.NO_ROUTE);
    }

    @Test
    void aRegistryThatIsAwayEndsTheThreadAndMakesNothingPoison() {
        var fresh = new TestRouter();
        try (fresh) {
            byte[] value = fresh.codec.encode(fresh.topics.requests(), request("d-1", "hook"));
            fresh.registry.goDown();
            assertThatThrownBy(
                            () -> fresh.pipe(fresh.topics.requests(), new TestRecord<>(TestRouter.utf8(ACME), value)))
                    .hasStackTraceContaining("RegistryUnavailableException");
            assertThat(fresh.metrics.counted).isEmpty();
        }
    }

    private void bad(String topic, @Nullable String key, byte @Nullable [] value) {
        router.pipe(topic, new TestRecord<>(key == null ? null : TestRouter.utf8(key), value));
    }
}
