package dev.waybill.worker.sink.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.policy.Policy;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.ConnectionReport.Permission;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.http.ScriptedHttpServer;
import dev.waybill.worker.sink.tls.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A connection test tells what is wrong.
class S3ConnectionTestTest {

    private final S3Peers peers = new S3Peers();
    private ScriptedHttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = ScriptedHttpServer.start();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        peers.close();
    }

    private Map<String, String> settings() {
        return new HashMap<>(Map.of(
                "endpoint", server.url(""),
                "path.style", "true",
                "region", "eu-central-1",
                "bucket", "reports",
                "key", "in/{{name}}",
                "access.key.id", peers.secrets.put("id", "AKID"),
                "secret.access.key", peers.secrets.put("key", "SECRET")));
    }

    private ConnectionReport test(String... changes) throws InterruptedException {
        Map<String, String> settings = settings();
        for (int i = 0; i < changes.length; i += 2) {
            settings.put(changes[i], changes[i + 1]);
        }
        Policy policy =
                Samples.policy(Kind.STORAGE, Duration.ofSeconds(5), Duration.ofMillis(500), Duration.ofSeconds(6));
        try (Sink sink = peers.aws.open(Samples.destination(Kind.STORAGE, "s3", settings, policy))) {
            return sink.test();
        }
    }

    private static ConnectionReport.Problem problem(ConnectionReport report) {
        ConnectionReport.@Nullable Problem problem = report.problem();
        assertThat(problem).as(report.toString()).isNotNull();
        assertThat(problem.hint()).isNotBlank();
        return problem;
    }

    /// HEAD says only the status; a list, asked after it, says why.
    private void refuse(int status, String code, String headers) {
        server.next(ScriptedHttpServer.answer(status, headers, ""));
        server.next(S3Requests.error(status, code, headers));
    }

    @ParameterizedTest
    @CsvSource({
        "403, InvalidAccessKeyId, AUTH_FAILED",
        "403, SignatureDoesNotMatch, AUTH_FAILED",
        "400, ExpiredToken, AUTH_FAILED",
        "403, RequestTimeTooSkewed, AUTH_FAILED",
        "403, AllAccessDisabled, ACCOUNT_DISABLED",
        "404, NoSuchBucket, NOT_FOUND",
        "503, SlowDown, UNAVAILABLE",
        "500, InternalError, UNAVAILABLE"
    })
    void refusals_of_the_bucket_are_told_apart(int status, String code, ConnectionError expected) throws Exception {
        refuse(status, code, "");

        assertThat(problem(test()).error()).isEqualTo(expected);
    }

    @Test
    void a_bucket_elsewhere_is_told_with_its_region() throws Exception {
        refuse(301, "PermanentRedirect", "x-amz-bucket-region: eu-west-1\r\n");

        ConnectionReport.Problem problem = problem(test());

        assertThat(problem.error()).isEqualTo(ConnectionError.INVALID_SETTINGS);
        assertThat(problem.hint()).contains("eu-west-1");
    }

    @Test
    void a_key_of_another_region_is_told_with_the_right_one() throws Exception {
        refuse(400, "AuthorizationHeaderMalformed", "x-amz-bucket-region: eu-west-1\r\n");

        assertThat(problem(test()).hint()).contains("eu-west-1");
    }

    @Test
    void who_may_write_need_not_list() throws Exception {
        refuse(403, "AccessDenied", "");

        ConnectionReport report = test();

        assertThat(report.problem()).isNull();
        assertThat(report.permissions()).contains(Permission.WRITE, Permission.READ, Permission.DELETE);
    }

    @Test
    void who_may_do_nothing_is_told_so() throws Exception {
        refuse(403, "AccessDenied", "");
        server.next(S3Requests.error(403, "AccessDenied", ""));

        ConnectionReport report = test();

        assertThat(problem(report).error()).isEqualTo(ConnectionError.PERMISSION_DENIED);
        assertThat(report.checks().getLast().name()).isEqualTo("write");
    }

    @Test
    void without_a_written_object_a_refused_list_counts() throws Exception {
        refuse(403, "AccessDenied", "");

        assertThat(problem(test("test.write", "false")).error()).isEqualTo(ConnectionError.PERMISSION_DENIED);
    }

    @Test
    void who_may_not_read_is_told_what_for() throws Exception {
        server.next(ScriptedHttpServer.answer(200));
        server.next(ScriptedHttpServer.answer(200));
        server.next(ScriptedHttpServer.answer(403));

        ConnectionReport report = test();

        assertThat(problem(report).error()).isEqualTo(ConnectionError.PERMISSION_DENIED);
        assertThat(problem(report).hint()).contains("s3:GetObject");
        // The object that was written is gone all the same.
        assertThat(server.received().getLast().method()).isEqualTo("DELETE");
    }

    @Test
    void who_may_not_delete_passes() throws Exception {
        server.next(ScriptedHttpServer.answer(200));
        server.next(ScriptedHttpServer.answer(200));
        server.next(ScriptedHttpServer.answer(200));
        server.next(S3Requests.error(403, "AccessDenied", ""));

        ConnectionReport report = test();

        assertThat(report.problem()).isNull();
        assertThat(report.permissions()).containsExactlyInAnyOrder(Permission.WRITE, Permission.READ);
        assertThat(report.checks().getLast().detail()).contains("in/.waybill-test-");
    }

    @Test
    void throttling_is_told() throws Exception {
        server.next(ScriptedHttpServer.answer(200));
        server.next(S3Requests.error(503, "SlowDown", ""));

        assertThat(problem(test()).error()).isEqualTo(ConnectionError.RATE_LIMITED);
    }

    @Test
    void a_name_that_is_not_there_is_told() throws Exception {
        assertThat(problem(test("endpoint", "http://nowhere.invalid")).error()).isEqualTo(ConnectionError.DNS_FAILED);
    }

    @Test
    void an_address_that_is_not_public_is_refused() throws Exception {
        assertThat(problem(test("endpoint", "http://10.0.0.1")).error()).isEqualTo(ConnectionError.EGRESS_DENIED);
    }

    @Test
    void a_port_that_refuses_is_told() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            port = socket.getLocalPort();
        }

        assertThat(problem(test("endpoint", "http://127.0.0.1:" + port)).error())
                .isEqualTo(ConnectionError.CONNECT_REFUSED);
    }

    @Test
    void a_server_that_hangs_is_told() throws Exception {
        server.next(ScriptedHttpServer.hang());

        assertThat(problem(test()).error()).isEqualTo(ConnectionError.TIMEOUT);
    }

    @Test
    void a_certificate_that_nobody_signed_is_told() throws Exception {
        try (ScriptedHttpServer tls =
                ScriptedHttpServer.startTls(TestCertificate.valid().context())) {
            assertThat(problem(test("endpoint", "https://127.0.0.1:" + tls.port()))
                            .error())
                    .isEqualTo(ConnectionError.TLS_UNTRUSTED);
        }
    }

    @Test
    void a_certificate_that_has_expired_is_told() throws Exception {
        TestCertificate expired = TestCertificate.expired();
        try (ScriptedHttpServer tls = ScriptedHttpServer.startTls(expired.context())) {
            assertThat(problem(test("endpoint", "https://127.0.0.1:" + tls.port(), "tls.ca", expired.pem()))
                            .error())
                    .isEqualTo(ConnectionError.TLS_EXPIRED);
        }
    }

    @Test
    void a_secret_that_is_not_there_is_told() throws Exception {
        peers.secrets.becomeUnavailable();

        assertThat(problem(test()).error()).isEqualTo(ConnectionError.SECRET_UNAVAILABLE);
        assertThat(server.received()).isEmpty();
    }
}
