package dev.waybill.worker.sink.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Outcome.Failed;
import dev.waybill.topology.policy.Policy;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.aws.SignatureCheck;
import dev.waybill.worker.sink.aws.WorkerIdentity;
import dev.waybill.worker.sink.http.ScriptedHttpServer;
import dev.waybill.worker.sink.http.ScriptedHttpServer.Received;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What can go wrong between the requests of one attempt.
class S3FaultsTest {

    private static final int PART = 5 << 20;
    private static final String ROLE = "arn:aws:iam::123456789012:role/uploads";

    private final S3Peers peers = new S3Peers(new WorkerIdentity(List.of("*")));
    private ScriptedHttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = ScriptedHttpServer.start();
    }

    @AfterEach
    void stop() throws IOException {
        for (Received request : server.received()) {
            if (!request.headers().containsKey("x-amz-security-token")) {
                SignatureCheck.verify(request, "SECRET");
            }
        }
        server.close();
        peers.close();
    }

    private Sink open(String... changes) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "endpoint", server.url(""),
                "sts.endpoint", server.url("/sts"),
                "path.style", "true",
                "region", "eu-central-1",
                "bucket", "reports",
                "multipart.threshold.bytes", Integer.toString(PART),
                "multipart.part.bytes", Integer.toString(PART),
                "access.key.id", peers.secrets.put("id", "AKID"),
                "secret.access.key", peers.secrets.put("key", "SECRET")));
        for (int i = 0; i < changes.length; i += 2) {
            settings.put(changes[i], changes[i + 1]);
        }
        Policy policy =
                Samples.policy(Kind.STORAGE, Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofSeconds(15));
        return peers.aws.open(Samples.destination(Kind.STORAGE, "s3", settings, policy));
    }

    private static Attempt small() {
        return Samples.attempt("d-1", Samples.body("x"));
    }

    /// Of two parts.
    private static Attempt large() {
        return Samples.attempt("d-large", Bytes.of(new byte[PART + 1]));
    }

    private static AttemptReport deliver(Sink sink, Attempt attempt) throws Exception {
        return Samples.onVirtualThread(() -> sink.deliver(attempt));
    }

    private static String code(AttemptReport report) {
        return report.outcome() instanceof Failed failed ? failed.fault().code() : "none";
    }

    private static ScriptedHttpServer.Script xml(String xml) {
        return ScriptedHttpServer.answer(200, "Content-Type: application/xml\r\n", xml);
    }

    /// Not there, nothing left behind, begun.
    private void begin() {
        server.next(ScriptedHttpServer.answer(404));
        server.next(xml("<ListMultipartUploadsResult></ListMultipartUploadsResult>"));
        server.next(xml("<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>"));
    }

    private void part() {
        server.next(ScriptedHttpServer.answer(200, "ETag: \"e\"\r\n", ""));
    }

    private List<Received> aborts() {
        return server.received().stream()
                .filter(request ->
                        request.method().equals("DELETE") && request.path().contains("uploadId=u1"))
                .toList();
    }

    @Test
    void a_lost_answer_to_a_part_loses_nothing() throws Exception {
        begin();
        part();
        server.next(ScriptedHttpServer.reset());

        assertThat(deliver(open(), large()).outcome()).isInstanceOf(Outcome.Retryable.class);
        assertThat(aborts()).hasSize(1);
    }

    @Test
    void a_lost_answer_to_the_completion_is_ambiguous_and_undoes_nothing() throws Exception {
        begin();
        part();
        part();
        server.next(ScriptedHttpServer.hang());

        assertThat(deliver(open(), large()).outcome()).isInstanceOf(Outcome.Ambiguous.class);
        assertThat(aborts()).isEmpty();
    }

    @Test
    void an_error_in_an_answer_200_is_none_of_success() throws Exception {
        begin();
        part();
        part();
        server.next(xml("<?xml version=\"1.0\"?><Error><Code>InternalError</Code><Message>no</Message></Error>"));

        AttemptReport report = deliver(open(), large());

        assertThat(report.outcome()).isInstanceOf(Outcome.Retryable.class);
        assertThat(aborts()).hasSize(1);
    }

    @Test
    void a_key_that_was_taken_meanwhile_is_looked_at() throws Exception {
        begin();
        part();
        part();
        server.next(S3Requests.error(412, "PreconditionFailed", ""));
        server.next(ScriptedHttpServer.answer(204));
        server.next(ScriptedHttpServer.answer(200, "x-amz-meta-waybill-sha256: 00\r\n", ""));

        assertThat(code(deliver(open(), large()))).isEqualTo("s3_object_exists");
        assertThat(aborts()).hasSize(1);
        Received completion = server.received().get(5);
        assertThat(completion.headers()).containsEntry("if-none-match", "*");
    }

    @Test
    void an_upload_that_is_gone_begins_anew() throws Exception {
        begin();
        server.next(S3Requests.error(404, "NoSuchUpload", ""));

        assertThat(deliver(open(), large()).outcome()).isInstanceOf(Outcome.Retryable.class);
    }

    @Test
    void an_interrupt_gives_the_parts_up() throws Exception {
        begin();
        part();
        server.next(ScriptedHttpServer.hang());
        Sink sink = open();
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            try {
                sink.deliver(large());
                return false;
            } catch (InterruptedException e) {
                return true;
            }
        });
        Thread thread = Thread.ofVirtual().start(task);
        await().atMost(Duration.ofSeconds(20)).until(() -> server.received().size() >= 5);

        thread.interrupt();

        assertThat(task.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(aborts()).hasSize(1);
    }

    @Test
    void closing_gives_the_parts_up() throws Exception {
        begin();
        part();
        server.next(ScriptedHttpServer.hang());
        Sink sink = open();
        FutureTask<AttemptReport> task = new FutureTask<>(() -> sink.deliver(large()));
        Thread.ofVirtual().start(task);
        await().atMost(Duration.ofSeconds(20)).until(() -> server.received().size() >= 5);

        sink.close();

        assertThat(task.get(10, TimeUnit.SECONDS).outcome())
                .isInstanceOfAny(Outcome.Retryable.class, Outcome.OurFault.class);
        assertThat(aborts()).hasSize(1);
    }

    @Test
    void any_key_is_signed_as_it_is_sent() throws Exception {
        Payload payload = new Payload("a b", "text/plain", Samples.body("x"), null, "ü+&=?#%~*'()!$,;:@🚚.csv");
        Attempt attempt = Samples.attempt("d-1", payload, Map.of());

        assertThat(deliver(open("metadata.a", "two  blanks {{payload.filename}}", "tags.t", "a b&c=d"), attempt)
                        .outcome())
                .isEqualTo(new Outcome.Delivered());
        assertThat(server.received().getFirst().path()).doesNotContain("#", "?", " ");
    }

    @Test
    void an_object_that_may_not_be_looked_at_is_told() throws Exception {
        server.next(S3Requests.error(412, "PreconditionFailed", ""));
        server.next(ScriptedHttpServer.answer(403));

        AttemptReport report = deliver(open(), small());

        assertThat(report.outcome()).isInstanceOf(Outcome.Permanent.class);
        assertThat(code(report)).isEqualTo("s3_object_exists_unread");
    }

    @Test
    void an_object_that_is_gone_again_is_put_by_the_next_attempt() throws Exception {
        server.next(S3Requests.error(412, "PreconditionFailed", ""));
        server.next(ScriptedHttpServer.answer(404));

        assertThat(deliver(open(), small()).outcome()).isInstanceOf(Outcome.Retryable.class);
    }

    @Test
    void bytes_that_were_stored_otherwise_are_noticed() throws Exception {
        server.next(ScriptedHttpServer.answer(
                200, "x-amz-checksum-sha256: " + S3Requests.sha256(new byte[1]) + "\r\n", ""));

        assertThat(code(deliver(open(), small()))).isEqualTo("s3_object_damaged");
    }

    // --- roles -----------------------------------------------------------------------------------------------------

    private static ScriptedHttpServer.Script session(String id, Instant until) {
        return xml("<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>" + id + "</AccessKeyId>"
                + "<SecretAccessKey>s</SecretAccessKey><SessionToken>token-" + id + "</SessionToken><Expiration>"
                + until
                + "</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>");
    }

    @Test
    void a_role_is_assumed_once_for_its_session() throws Exception {
        Sink sink = open("role.arn", ROLE, "role.external.id", "chosen");
        server.next(session("ASIAONE", Instant.now().plusSeconds(3600)));

        deliver(sink, small());
        deliver(sink, Samples.attempt("d-2", Samples.body("y")));

        List<Received> requests = server.received();
        assertThat(requests).extracting(Received::method).containsExactly("POST", "PUT", "PUT");
        assertThat(new String(requests.getFirst().body().array(), StandardCharsets.UTF_8))
                .contains("Action=AssumeRole", "ExternalId=chosen", "RoleSessionName=waybill-acme");
        assertThat(requests.getFirst().headers().get("authorization")).contains("Credential=AKID/");
        assertThat(requests.get(1).headers())
                .containsEntry("x-amz-security-token", "token-ASIAONE")
                .hasEntrySatisfying("authorization", value -> assertThat(value).contains("Credential=ASIAONE/"));
    }

    @Test
    void a_session_is_renewed_before_it_ends() throws Exception {
        Sink sink = open("role.arn", ROLE);
        server.next(session("ASIAONE", Instant.now().plusSeconds(299)));
        server.next(ScriptedHttpServer.answer(200));
        server.next(session("ASIATWO", Instant.now().plusSeconds(3600)));

        deliver(sink, small());
        deliver(sink, small());

        assertThat(server.received().getLast().headers().get("authorization")).contains("Credential=ASIATWO/");
    }

    @Test
    void a_session_that_is_not_accepted_begins_anew() throws Exception {
        Sink sink = open("role.arn", ROLE);
        server.next(session("ASIAONE", Instant.now().plusSeconds(3600)));
        server.next(S3Requests.error(400, "ExpiredToken", ""));
        server.next(session("ASIATWO", Instant.now().plusSeconds(3600)));

        assertThat(deliver(sink, small()).outcome()).isInstanceOf(Outcome.Retryable.class);
        assertThat(deliver(sink, small()).outcome()).isEqualTo(new Outcome.Delivered());
    }

    @Test
    void a_role_that_may_not_be_assumed_is_permanent() throws Exception {
        server.next(
                ScriptedHttpServer.answer(
                        403,
                        "Content-Type: text/xml\r\n",
                        "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"));

        AttemptReport report = deliver(open("role.arn", ROLE), small());

        assertThat(report.outcome()).isInstanceOf(Outcome.Permanent.class);
        assertThat(code(report)).isEqualTo("sts_access_denied");
        assertThat(server.received()).hasSize(1);
    }

    @Test
    void a_lost_answer_of_sts_loses_nothing() throws Exception {
        server.next(ScriptedHttpServer.reset());

        assertThat(deliver(open("role.arn", ROLE), small()).outcome()).isInstanceOf(Outcome.Retryable.class);
    }

    @Test
    void a_worker_without_an_identity_charges_nobody() throws Exception {
        Map<String, String> settings = Map.of(
                "endpoint", server.url(""),
                "region", "eu-central-1",
                "bucket", "reports",
                "credentials", "profile",
                "profile", "no such profile");
        Sink sink = peers.aws.open(Samples.destination(Kind.STORAGE, "s3", settings));

        assertThat(deliver(sink, small()).outcome()).isInstanceOf(Outcome.OurFault.class);
        assertThat(server.received()).isEmpty();
    }
}
