package dev.waybill.worker.sink.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Outcome.Delivered;
import dev.waybill.topology.policy.Outcome.Failed;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.ConnectionReport.Permission;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.Sink;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What `s3` does in a store that keeps objects.
class S3SinkTest {

    private static final int PART = 5 << 20;

    private final S3Peers peers = new S3Peers();
    private S3Mock store;
    private String bucket;

    @BeforeEach
    void start() throws Exception {
        store = S3Mock.running();
        bucket = store.newBucket();
    }

    @AfterEach
    void stop() {
        peers.close();
    }

    private Sink open(String... changes) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "endpoint", store.url(),
                "path.style", "true",
                "region", "us-east-1",
                "bucket", bucket,
                "key", "in/{{name}}",
                "multipart.threshold.bytes", Integer.toString(2 * PART),
                "multipart.part.bytes", Integer.toString(PART),
                "access.key.id", peers.secrets.put("id", "AKID"),
                "secret.access.key", peers.secrets.put("key", "SECRET")));
        for (int i = 0; i < changes.length; i += 2) {
            settings.put(changes[i], changes[i + 1]);
        }
        return peers.aws.open(Samples.destination(Kind.STORAGE, "s3", settings));
    }

    private static Attempt attempt(String id, String text) {
        return Samples.attempt(
                id, new Payload("audit.report", "text/csv", Samples.body(text), null, "r ü+&.csv"), Map.of());
    }

    private static AttemptReport deliver(Sink sink, Attempt attempt) throws Exception {
        return Samples.onVirtualThread(() -> sink.deliver(attempt));
    }

    private static String code(Outcome outcome) {
        return outcome instanceof Failed failed ? failed.fault().code() : "none";
    }

    private static Content random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return new Content() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes);
            }
        };
    }

    private static Attempt large(String id, Content content) {
        Payload payload = new Payload("t", "application/octet-stream", null, "file:///exports/large", null);
        return Samples.attempt(id, payload, content, Map.of());
    }

    @Test
    void an_object_has_its_type_metadata_and_tags() throws Exception {
        Sink sink = open(
                "metadata.Origin", "{{payload.type}} ü", "tags.org", "{{organizationId}}", "tags.n", "{{metadata.x}}");

        assertThat(deliver(sink, attempt("d-1", "a,b\n")).outcome()).isEqualTo(new Delivered());

        HttpHeaders headers = store.object(bucket, "in/d-1-r ü+&.csv").headers();
        assertThat(headers.firstValue("content-type")).hasValue("text/csv");
        assertThat(headers.firstValue("x-amz-meta-origin")).hasValue("audit.report %C3%BC");
        assertThat(headers.firstValue("x-amz-meta-waybill-delivery")).hasValue("d-1");
        assertThat(headers.firstValue("x-amz-meta-waybill-sha256")).isPresent();
        assertThat(store.tags(bucket, "in/d-1-r ü+&.csv"))
                .contains("<Key>org</Key>", "<Value>acme</Value>")
                .doesNotContain("<Key>n</Key>");
    }

    @Test
    void an_attempt_knows_the_object_of_the_one_before() throws Exception {
        deliver(open(), attempt("d-1", "same"));

        AttemptReport again = deliver(open(), attempt("d-1", "same"));

        assertThat(again.outcome()).isEqualTo(new Delivered());
        assertThat(store.keys(bucket)).hasSize(1);
    }

    @Test
    void another_object_of_the_key_stays() throws Exception {
        store.put(bucket, "in/d-1-r ü+&.csv", "other");

        AttemptReport report = deliver(open(), attempt("d-1", "ours!"));

        assertThat(report.outcome()).isInstanceOf(Outcome.Permanent.class);
        assertThat(code(report.outcome())).isEqualTo("s3_object_exists");
        assertThat(store.object(bucket, "in/d-1-r ü+&.csv").body())
                .isEqualTo(Samples.body("other").array());
    }

    @Test
    void another_object_is_replaced_if_asked_to() throws Exception {
        store.put(bucket, "in/d-1-r ü+&.csv", "other");

        assertThat(deliver(open("overwrite", "true"), attempt("d-1", "ours!")).outcome())
                .isEqualTo(new Delivered());
        assertThat(store.object(bucket, "in/d-1-r ü+&.csv").body())
                .isEqualTo(Samples.body("ours!").array());
    }

    @Test
    void a_missing_bucket_is_permanent() throws Exception {
        assertThat(code(deliver(open("bucket", "nowhere"), attempt("d-1", "x")).outcome()))
                .isEqualTo("s3_no_such_bucket");
    }

    @Test
    void a_large_payload_goes_in_parts() throws Exception {
        Content content = random(2 * PART + 1);

        AttemptReport report = deliver(open("metadata.a", "b"), large("d-large", content));

        assertThat(report.outcome()).isEqualTo(new Delivered());
        assertThat(report.bytesSent()).isGreaterThan(content.size());
        var object = store.object(bucket, "in/d-large");
        assertThat(object.headers().firstValue("etag").orElse("")).contains("-3");
        assertThat(object.headers().firstValue("x-amz-meta-a")).hasValue("b");
        assertThat(Sha256.hex(new Content.Inline(Bytes.of(object.body())))).isEqualTo(Sha256.hex(content));
        assertThat(store.uploads(bucket)).isEmpty();
    }

    @Test
    void a_large_payload_is_known_again() throws Exception {
        Content content = random(2 * PART);
        deliver(open(), large("d-large", content));

        AttemptReport again = deliver(open(), large("d-large", content));

        assertThat(again.outcome()).isEqualTo(new Delivered());
        assertThat(again.bytesSent()).isLessThan(PART);
        assertThat(store.uploads(bucket)).isEmpty();
    }

    @Test
    void another_large_object_of_the_key_stays() throws Exception {
        store.put(bucket, "in/d-large", "other");

        AttemptReport report = deliver(open(), large("d-large", random(2 * PART)));

        assertThat(code(report.outcome())).isEqualTo("s3_object_exists");
        assertThat(store.uploads(bucket)).isEmpty();
    }

    @Test
    void what_a_dead_worker_left_is_given_up() throws Exception {
        store.leaveUpload(bucket, "in/d-large");
        store.leaveUpload(bucket, "in/d-large-other");

        deliver(open(), large("d-large", random(2 * PART)));

        assertThat(store.uploads(bucket)).containsExactly("in/d-large-other");
    }

    @Test
    void parts_are_given_up_when_the_payload_cannot_be_read() throws Exception {
        Content whole = random(3 * PART);
        Content broken = new Content() {
            @Override
            public long size() {
                return whole.size();
            }

            @Override
            public InputStream open() throws IOException {
                return new BreakingStream(whole.open(), 2 * PART);
            }
        };
        Attempt attempt = large("d-large", broken);
        Attempt hashed =
                new Attempt(attempt.delivery().withPayload(whole.size(), Sha256.hex(whole)), broken, 1, Map.of());

        AttemptReport report = deliver(open(), hashed);

        assertThat(report.outcome()).isInstanceOf(Outcome.OurFault.class);
        assertThat(store.uploads(bucket)).isEmpty();
        assertThat(store.keys(bucket)).isEmpty();
    }

    @Test
    void a_test_does_what_a_delivery_does_and_leaves_nothing() throws Exception {
        ConnectionReport report = open().test();

        assertThat(report.problem()).isNull();
        assertThat(report.permissions())
                .containsExactlyInAnyOrder(Permission.READ, Permission.WRITE, Permission.DELETE);
        assertThat(report.checks())
                .extracting(ConnectionReport.Check::name)
                .containsExactly("resolve", "connect", "bucket", "write", "read", "delete");
        assertThat(store.keys(bucket)).isEmpty();
    }

    @Test
    void a_test_may_leave_the_object_out() throws Exception {
        ConnectionReport report = open("test.write", "false").test();

        assertThat(report.success()).isTrue();
        assertThat(report.permissions()).isEmpty();
    }

    @Test
    void a_test_misses_the_bucket() throws Exception {
        ConnectionReport report = open("bucket", "nowhere").test();

        assertThat(report.problem()).isNotNull();
        assertThat(report.problem().error()).isEqualTo(ConnectionError.NOT_FOUND);
    }
}
