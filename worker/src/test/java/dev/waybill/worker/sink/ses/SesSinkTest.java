package dev.waybill.worker.sink.ses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.aws.AwsResult.Refused;
import dev.waybill.worker.sink.http.ScriptedHttpServer;
import jakarta.mail.BodyPart;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class SesSinkTest {

    private final SesPeers peers = new SesPeers();
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

    private Sink open(String... changes) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "endpoint",
                server.url(""),
                "region",
                "eu-central-1",
                "access.key.id",
                peers.secrets.put("id", "AKID"),
                "secret.access.key",
                peers.secrets.put("key", "SECRET"),
                "from",
                "Müller <us@example.com>",
                "to",
                "Jürgen 🚚 <you@example.com>, b@example.com"));
        for (int i = 0; i < changes.length; i += 2) {
            settings.put(changes[i], changes[i + 1]);
        }
        return peers.provider.open(Samples.destination(Kind.EMAIL, "ses", settings));
    }

    private static AttemptReport deliver(Sink sink, String text) throws Exception {
        return deliver(sink, new Payload("audit.report", "text/csv", Samples.body(text), null, "Übersicht 🚚.csv"));
    }

    private static AttemptReport deliver(Sink sink, Payload payload) throws Exception {
        return Samples.onVirtualThread(() -> sink.deliver(Samples.attempt("d-1", payload, Map.of())));
    }

    @Test
    void a_message_has_its_parts_in_any_script() throws Exception {
        Sink sink = open(
                "subject", "Grüße 🚚 {{deliveryId}}",
                "text", "schön {{payload.text}}",
                "html", "<p>{{payload.text}}</p>",
                "attach", "true",
                "cc", "c@example.com",
                "bcc", "hidden@example.com",
                "reply.to", "answers@example.com",
                "configuration.set", "events");

        assertThat(deliver(sink, "a,ü\r\n<b>").outcome()).isEqualTo(new Outcome.Delivered());

        JsonNode call = SesPeers.check(server.received().getFirst());
        assertThat(call.at("/FromEmailAddress").asString()).isEqualTo("us@example.com");
        assertThat(call.at("/Destination/ToAddresses/0").asString()).isEqualTo("you@example.com");
        assertThat(call.at("/Destination/CcAddresses/0").asString()).isEqualTo("c@example.com");
        assertThat(call.at("/Destination/BccAddresses/0").asString()).isEqualTo("hidden@example.com");
        assertThat(call.at("/ConfigurationSetName").asString()).isEqualTo("events");
        assertThat(call.at("/EmailTags/0/Value").asString()).isEqualTo("d-1");
        MimeMessage message = SesPeers.message(server.received().getFirst());
        assertThat(message.getMessageID()).startsWith("<d-1.").endsWith("@example.com>");
        assertThat(message.getSubject()).isEqualTo("Grüße 🚚 d-1");
        assertThat(message.getFrom()[0].toString()).contains("us@example.com");
        assertThat(message.getRecipients(RecipientType.TO)).hasSize(2);
        assertThat(message.getRecipients(RecipientType.BCC)).isNull();
        assertThat(message.getReplyTo()[0].toString()).isEqualTo("answers@example.com");
        MimeMultipart mixed = (MimeMultipart) message.getContent();
        MimeMultipart bodies = (MimeMultipart) mixed.getBodyPart(0).getContent();
        assertThat(bodies.getBodyPart(0).getContent()).isEqualTo("schön a,ü\r\n<b>");
        assertThat(bodies.getBodyPart(1).getContent().toString()).isEqualTo("<p>a,ü\r\n&lt;b&gt;</p>");
        BodyPart file = mixed.getBodyPart(1);
        assertThat(file.getFileName()).isEqualTo("Übersicht 🚚.csv");
        assertThat(file.getContentType()).startsWith("text/csv");
        assertThat(file.getInputStream().readAllBytes())
                .isEqualTo(Samples.body("a,ü\r\n<b>").array());
    }

    @Test
    void a_message_of_one_part_is_that_part() throws Exception {
        deliver(open(), "just text");

        assertThat(SesPeers.message(server.received().getFirst()).getContent()).isEqualTo("just text");
    }

    @Test
    void a_type_that_is_none_becomes_bytes() throws Exception {
        deliver(open("text", "x", "attach", "true"), new Payload("t", "no type at all", Samples.body("b"), null, null));

        MimeMultipart mixed =
                (MimeMultipart) SesPeers.message(server.received().getFirst()).getContent();
        assertThat(mixed.getBodyPart(1).getContentType()).startsWith("application/octet-stream");
    }

    @ParameterizedTest
    @CsvSource({
        "429, TooManyRequestsException, Throttled, throttled, ses_too_many_requests_exception",
        "400, ThrottlingException, Throttled, throttled, ses_throttling_exception",
        "400, LimitExceededException, Throttled, account, ses_limit_exceeded_exception",
        "400, AccountSuspendedException, Throttled, account, ses_account_suspended_exception",
        "400, SendingPausedException, Throttled, account, ses_sending_paused_exception",
        "400, MailFromDomainNotVerifiedException, Permanent, configuration, ses_mail_from_domain_not_verified_exception",
        "404, NotFoundException, Permanent, configuration, ses_not_found_exception",
        "400, MessageRejected, Permanent, payload, ses_message_rejected",
        "400, BadRequestException, Permanent, payload, ses_bad_request_exception",
        "409, ConflictException, Retryable, response, ses_conflict_exception",
        "500, ConcurrentModificationException, Retryable, response, ses_concurrent_modification_exception",
        "500, InternalServiceErrorException, Retryable, response, ses_internal_service_error_exception",
        "503, '', Retryable, response, http_503",
        "403, AccessDeniedException, Permanent, authentication, ses_access_denied_exception",
        "403, InvalidClientTokenId, Permanent, authentication, ses_invalid_client_token_id",
        "403, ExpiredTokenException, Permanent, authentication, ses_expired_token_exception",
        "403, RequestExpired, OurFault, internal, ses_request_expired",
        "413, '', Permanent, payload, http_413"
    })
    void each_code_has_its_outcome(int status, String code, String outcome, String category, String faultCode) {
        Outcome.Failed failed = SesOutcomes.of(new Refused<>(status, code, null, null));

        assertThat(failed.getClass().getSimpleName()).isEqualTo(outcome);
        assertThat(failed.fault().category().wireName()).isEqualTo(category);
        assertThat(failed.fault().code()).isEqualTo(faultCode);
    }

    @Test
    void a_quota_is_not_asked_for_at_once() {
        assertThat(SesOutcomes.of(new Refused<>(400, "LimitExceededException", null, null)))
                .isInstanceOfSatisfying(
                        Outcome.Throttled.class,
                        throttled -> assertThat(throttled.retryAfter()).isEqualTo(Duration.ofHours(1)));
    }

    @Test
    void fifty_recipients_are_enough() {
        String fifty = "a@example.com" + ",a@example.com".repeat(49);
        assertThatCode(() -> open("to", fifty).close()).doesNotThrowAnyException();
        assertThatThrownBy(() -> open("to", fifty + ",a@example.com")).isInstanceOf(ConfigException.class);
    }

    @ParameterizedTest
    @CsvSource({"configuration.set, a b", "from.identity.arn, x", "region, EU", "credentials, container"})
    void what_cannot_work_is_refused_when_it_is_put(String name, String value) {
        assertThatThrownBy(() -> open(name, value)).isInstanceOf(ConfigException.class);
    }

    // --- connection test -------------------------------------------------------------------------------------------

    private static String account(boolean sending, boolean production, String status, double max, double sent) {
        return "{\"SendingEnabled\":" + sending + ",\"ProductionAccessEnabled\":" + production
                + ",\"EnforcementStatus\":\"" + status + "\",\"SendQuota\":{\"Max24HourSend\":" + max
                + ",\"MaxSendRate\":14.0,\"SentLast24Hours\":" + sent + "}}";
    }

    private ConnectionReport test(ScriptedHttpServer.Script answer) throws InterruptedException {
        server.next(answer);
        return open().test();
    }

    private static ConnectionError error(ConnectionReport report) {
        ConnectionReport.@Nullable Problem problem = report.problem();
        assertThat(problem).as(report.toString()).isNotNull();
        assertThat(problem.hint()).isNotBlank();
        return problem.error();
    }

    @Test
    void a_test_tells_what_the_account_may() throws Exception {
        ConnectionReport report = test(SesPeers.json(account(true, true, "HEALTHY", 50_000, 12)));

        assertThat(report.problem()).isNull();
        assertThat(report.details())
                .containsEntry("maxSendRate", "14.0")
                .containsEntry("max24HourSend", "50000.0")
                .containsEntry("sentLast24Hours", "12.0")
                .containsEntry("productionAccess", "true");
        assertThat(server.received())
                .singleElement()
                .satisfies(request -> assertThat(request.path()).isEqualTo("/v2/email/account"));
    }

    @Test
    void a_sandbox_passes_and_is_told() throws Exception {
        ConnectionReport report = test(SesPeers.json(account(true, false, "HEALTHY", 200, 0)));

        assertThat(report.problem()).isNull();
        assertThat(report.checks().getLast().detail()).contains("sandbox");
    }

    @Test
    void accounts_that_may_not_send_are_told_apart() throws Exception {
        assertThat(error(test(SesPeers.json(account(false, true, "HEALTHY", 200, 0)))))
                .isEqualTo(ConnectionError.ACCOUNT_DISABLED);
        assertThat(error(test(SesPeers.json(account(true, true, "SHUTDOWN", 200, 0)))))
                .isEqualTo(ConnectionError.ACCOUNT_DISABLED);
        assertThat(error(test(SesPeers.json(account(true, true, "HEALTHY", 200, 200)))))
                .isEqualTo(ConnectionError.QUOTA_EXCEEDED);
        assertThat(test(SesPeers.json(account(true, true, "HEALTHY", 200, 199))).problem())
                .isNull();
        assertThat(test(SesPeers.json(account(true, true, "HEALTHY", -1, 5))).problem())
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "403, InvalidClientTokenId, AUTH_FAILED",
        "403, InvalidSignatureException, AUTH_FAILED",
        "403, AccessDeniedException, PERMISSION_DENIED",
        "429, TooManyRequestsException, RATE_LIMITED",
        "500, InternalServiceErrorException, UNAVAILABLE"
    })
    void refusals_are_told_apart(int status, String code, ConnectionError expected) throws Exception {
        assertThat(error(test(SesPeers.error(status, code, "")))).isEqualTo(expected);
    }

    @Test
    void a_name_that_is_not_there_is_told() throws Exception {
        assertThat(error(open("endpoint", "http://nowhere.invalid").test())).isEqualTo(ConnectionError.DNS_FAILED);
    }
}
