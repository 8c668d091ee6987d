package dev.waybill.topology;

import static dev.waybill.topology.Samples.ACME;
import static dev.waybill.topology.Samples.GLOBEX;
import static dev.waybill.topology.Samples.destination;
import static dev.waybill.topology.Samples.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryAttempt;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeduplicationTest {

    private static final Duration TIME = RouterSettings.DEDUPLICATION_TIME;

    private final TestRouter router = new TestRouter();

    @BeforeEach
    void configure() {
        router.put(destination(ACME, "hook"));
        router.put(destination(GLOBEX, "hook"));
    }

    @AfterEach
    void close() {
        router.close();
    }

    @Test
    void aRepeatOfTheSameDeliveryIsOnlyCounted() {
        router.request(request("d-1", "hook"));
        router.request(request("d-1", "hook"));
        assertThat(router.tasks()).hasSize(1);
        assertThat(router.results()).isEmpty();
        assertThat(router.metrics.counted).containsExactly("accepted", "queued webhook", "repeated");
    }

    @Test
    void anotherDeliveryWithTheSameKeyIsADuplicateOfTheFirst() {
        router.request(keyed("d-1", "k"));
        router.request(keyed("d-2", "k"));
        router.request(keyed("d-3", "k"));
        assertThat(router.tasks()).hasSize(1);
        List<DeliveryResult> results = router.results();
        assertThat(results).extracting(DeliveryResult::getStatus).containsExactly("DUPLICATE", "DUPLICATE");
        assertThat(results).extracting(DeliveryResult::getDeliveryId).containsExactly("d-2", "d-3");
        assertThat(results).extracting(DeliveryResult::getDuplicateOf).containsExactly("d-1", "d-1");
        assertThat(router.events())
                .extracting(DeliveryAttempt::getDeliveryStatus)
                .containsExactly("queued", "duplicate", "duplicate");
    }

    @Test
    void aDeliveryIdUsedAsAnotherOnesKeyIsADuplicateToo() {
        router.request(request("d-1", "hook"));
        router.request(keyed("d-2", "d-1"));
        assertThat(router.onlyResult().getDuplicateOf()).isEqualTo("d-1");
    }

    @Test
    void organizationsDoNotShareKeys() {
        router.request(request("d-1", "hook"));
        DeliveryRequest other = request("d-1", "hook");
        other.setOrganizationId(GLOBEX);
        router.request(other);
        assertThat(router.tasks()).hasSize(2);
    }

    @Test
    void aRequestIsRememberedForTheDeduplicationTimeAndNoLonger() {
        for (Duration into : List.of(Duration.ZERO, TIME.dividedBy(3), TIME.dividedBy(2), TIME.minusMillis(1))) {
            String id = "d-" + into.toMinutes();
            router.clock.move(into);
            router.request(request(id, "hook"));
            assertThat(router.tasks()).hasSize(1);
            router.clock.move(TIME.minusMillis(1));
            router.request(request(id, "hook"));
            assertThat(router.tasks()).isEmpty();
            router.clock.move(Duration.ofMillis(1));
            router.request(request(id, "hook"));
            assertThat(router.tasks()).hasSize(1);
        }
    }

    @Test
    void aRecordStampedFarAheadDoesNotSwitchDeduplicationOff() {
        router.request(request("d-1", "hook"));
        router.pipe(router.topics.requests(), stamped("d-2", Instant.parse("2100-01-01T00:00:00Z")));
        router.request(request("d-1", "hook"));
        router.pipe(router.topics.requests(), stamped("d-2", Instant.EPOCH));
        router.request(request("d-3", "hook"));
        router.request(request("d-3", "hook"));
        assertThat(router.tasks()).hasSize(3);
        assertThat(router.metrics.counted).filteredOn("repeated"::equals).hasSize(3);
    }

    @Test
    void whatIsWrittenBearsTheRoutersTime() {
        router.pipe(router.topics.requests(), stamped("d-1", Instant.parse("2100-01-01T00:00:00Z")));
        assertThat(router.read(router.topics.attempts()))
                .allSatisfy(record -> assertThat(record.timestamp()).isEqualTo(router.clock.millis()));
    }

    @Test
    void aClockSetBackAnHourKeepsDeduplicationOn() {
        router.clock.move(Duration.ofMinutes(10));
        router.request(request("d-1", "hook"));
        router.clock.move(Duration.ofHours(-1));
        router.request(request("d-1", "hook"));
        router.request(request("d-2", "hook"));
        router.request(request("d-2", "hook"));
        router.clock.move(Duration.ofHours(1));
        router.request(request("d-2", "hook"));
        assertThat(router.tasks()).hasSize(2);
    }

    @Test
    void anInvalidRequestIsNotRemembered() {
        DeliveryRequest invalid = request("d-1", "hook");
        invalid.setMaxAttempts(0);
        router.request(invalid);
        router.request(request("d-1", "hook"));
        assertThat(router.onlyResult().getStatus()).isEqualTo("REJECTED");
        assertThat(router.tasks()).hasSize(1);
    }

    private TestRecord<byte[], byte[]> stamped(String deliveryId, Instant time) {
        byte[] value = router.codec.encode(router.topics.requests(), request(deliveryId, "hook"));
        return new TestRecord<>(TestRouter.utf8(ACME), value, time);
    }

    private static DeliveryRequest keyed(String deliveryId, String key) {
        DeliveryRequest request = request(deliveryId, "hook");
        request.setIdempotencyKey(key);
        return request;
    }
}
