package dev.waybill.topology;

import static dev.waybill.topology.Samples.ACME;
import static dev.waybill.topology.Samples.destination;
import static dev.waybill.topology.Samples.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.Headers;
import dev.waybill.schemas.Keys;
import dev.waybill.schemas.Kind;
import dev.waybill.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.stream.IntStream;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The test driver has one partition, number 0, and feeds what is published to `requests` back to it: an organization
/// of
/// another partition is misplaced, and misplaced again.
class MisplacedRequestTest {

    private static final int PARTITIONS = 4;

    private final TestRouter router =
            new TestRouter(RouterSettings.defaults(new Topics(Topics.DEFAULT_PREFIX), PARTITIONS));

    @AfterEach
    void close() {
        router.close();
    }

    private static String organizationOn(boolean partitionZero) {
        return IntStream.range(0, 100)
                .mapToObj(i -> "org" + i)
                .filter(id -> (Keys.partition(id, PARTITIONS) == 0) == partitionZero)
                .findFirst()
                .orElseThrow();
    }

    private TestRecord<byte[], byte[]> record(String organization, String key) {
        var request = request("d-1", "hook");
        request.setOrganizationId(organization);
        var record = new TestRecord<byte[], byte[]>(
                TestRouter.utf8(key),
                router.codec.encode(router.topics.requests(), request),
                Instant.parse("2026-02-01T00:00:00Z"));
        record.headers().add(Headers.TRACEPARENT, Headers.bytes("00-trace"));
        return record;
    }

    @Test
    void aMisplacedRequestIsPublishedAgainUnderItsKeyAndOnlyOnce() {
        String organization = organizationOn(false);
        var record = record(organization, "any");
        router.pipe(router.topics.requests(), record);
        var again = TestRouter.only(router.read(router.topics.requests()));
        assertThat(new String(again.key(), StandardCharsets.UTF_8)).isEqualTo(organization);
        assertThat(again.value()).isEqualTo(record.value());
        assertThat(again.timestamp()).isEqualTo(record.timestamp());
        assertThat(Headers.text(again.headers(), Headers.REKEYED)).isEqualTo("0");
        assertThat(Headers.text(again.headers(), Headers.TRACEPARENT)).isEqualTo("00-trace");
        var dead = TestRouter.only(router.deadLetters());
        assertThat(dead.value()).isEqualTo(record.value());
        assertThat(Headers.text(dead.headers(), Headers.KIND)).isEqualTo(Headers.KIND_POISON);
        assertThat(router.metrics.counted).containsExactly("rekeyed", "poison delivery.requests");
    }

    @Test
    void aRequestOnItsPartitionIsTakenWhateverItsKey() {
        String organization = organizationOn(true);
        router.put(destination(organization, "hook"));
        var record = record(organization, ACME);
        record.headers().add(Headers.REKEYED, Headers.bytes("3"));
        router.pipe(router.topics.requests(), record);
        var task = TestRouter.only(router.read(router.topics.tasks(Kind.WEBHOOK)));
        assertThat(task.headers().lastHeader(Headers.REKEYED)).isNull();
        assertThat(Headers.text(task.headers(), Headers.TRACEPARENT)).isEqualTo("00-trace");
    }
}
