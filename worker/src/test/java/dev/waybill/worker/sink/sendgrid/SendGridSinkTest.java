package dev.waybill.worker.sink.sendgrid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.ConnectionReport.Check;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.email.ApiReceiver;
import dev.waybill.worker.sink.http.ScriptedHttpServer;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class SendGridSinkTest {

    private static final String KEY = "SG.secret";

    private ApiReceiver receiver;
    private SendGridProvider provider;

    @BeforeEach
    void start() throws IOException {
        receiver = new ApiReceiver(null);
        provider = new SendGridProvider(receiver.http, receiver.secrets, InstantSource.system(), "1.2.3");
    }

    @AfterEach
    void stop() throws IOException {
        receiver.close();
    }

    private Destination destination(String... more) {
        return receiver.destination("sendgrid", KEY, more);
    }

    private Sink open(String... more) {
        return provider.open(destination(more));
    }

    private static AttemptReport deliver(Sink sink, Attempt attempt) throws Exception {
        return Samples.onVirtualThread(() -> sink.deliver(attempt));
    }

    private JsonNode sent() {
        return SendGridRequests.message(receiver.last());
    }

    @Test
    void a_message_is_as_the_settings_have_it() throws Exception {
        receiver.server.next(ScriptedHttpServer.answer(202, "X-Message-Id: 14c5d75ce93\r\n", ""));
        Sink sink = open(
                "cc",
                "c@example.com",
                "bcc",
                "b@example.com",
                "reply.to",
                "R <r@example.com>",
                "subject",
                "{{payload.type}} für Sie 🚚",
                "text",
                "{{payload.text}}",
                "html",
                "<p>{{payload.text}}</p>",
                "attach",
                "true",
                "categories",
                "reports,daily");
        Payload payload = new Payload("report", "text/csv; charset=utf-8", Samples.body("a;b"), null, "Ü 日本.csv");
        AttemptReport report = deliver(sink, Samples.attempt("d-1", payload, Map.of()));
        assertThat(report.outcome()).isEqualTo(new Outcome.Delivered());
        assertThat(report.responseCode()).isEqualTo(202);
        assertThat(report.responseHeaders()).containsEntry("X-Message-Id", "14c5d75ce93");
        JsonNode message = sent();
        JsonNode all = message.at("/personalizations/0");
        assertThat(message.path("personalizations")).hasSize(1);
        assertThat(all.at("/to/0/email").asString()).isEqualTo("you@example.com");
        assertThat(all.at("/to/0").has("name")).isFalse();
        assertThat(all.at("/to/1/name").asString()).isEqualTo("Two");
        assertThat(all.at("/cc/0/email").asString()).isEqualTo("c@example.com");
        assertThat(all.at("/bcc/0/email").asString()).isEqualTo("b@example.com");
        assertThat(all.at("/custom_args/waybill_delivery_id").asString()).isEqualTo("d-1");
        assertThat(message.at("/from/name").asString()).isEqualTo("Jürgen");
        assertThat(message.at("/reply_to/email").asString()).isEqualTo("r@example.com");
        assertThat(message.path("subject").asString()).isEqualTo("report für Sie 🚚");
        assertThat(message.at("/content/0/value").asString()).isEqualTo("a;b");
        assertThat(message.at("/content/1/value").asString()).isEqualTo("<p>a;b</p>");
        assertThat(message.at("/headers/Message-ID").asString())
                .startsWith("<d-1.")
                .endsWith("@example.com>");
        assertThat(message.at("/attachments/0/filename").asString()).isEqualTo("Ü 日本.csv");
        assertThat(message.at("/attachments/0/type").asString()).isEqualTo("text/csv");
        assertThat(message.path("categories")).hasSize(2);
        assertThat(SendGridRequests.payload(message)).isEqualTo(Samples.body("a;b"));
    }

    @Test
    void recipients_apart_do_not_see_each_other() throws Exception {
        deliver(open("recipients", "apart"), Samples.attempt("d-1", Samples.body("a")));
        JsonNode personalizations = sent().path("personalizations");
        assertThat(personalizations)
                .hasSize(2)
                .allSatisfy(one -> assertThat(one.path("to")).hasSize(1));
        assertThat(personalizations.at("/1/custom_args/waybill_delivery_id").asString())
                .isEqualTo("d-1");
    }

    @Test
    void an_empty_body_is_a_blank_because_less_is_refused() throws Exception {
        deliver(open(), Samples.attempt("d-1", Samples.body("")));
        assertThat(sent().at("/content/0/value").asString()).isEqualTo(" ");
    }

    @Test
    void what_cannot_be_composed_is_not_sent() throws Exception {
        AttemptReport report =
                deliver(open("subject", "{{metadata.customer}}"), Samples.attempt("d-1", Samples.body("a")));
        assertThat(report.outcome()).isInstanceOf(Outcome.Permanent.class);
        assertThat(receiver.server.received()).isEmpty();
    }

    @Test
    void an_error_is_not_repeated_because_it_may_quote_the_message() throws Exception {
        receiver.server.next(ScriptedHttpServer.answer(
                400,
                "X-Message-Id: not one\r\n",
                "{\"errors\":[{\"message\":\"4711 SG.secret\",\"field\":\"content\"}]}"));
        AttemptReport report = deliver(open(), Samples.attempt("d-1", Samples.body("4711")));
        assertThat(report.toString()).contains("http_400_content").doesNotContain("4711", KEY, "not one");
    }

    private static String scopes(String... names) {
        return "{\"scopes\":[\"" + String.join("\",\"", names) + "\"]}";
    }

    @Test
    void a_connection_test_looks_at_the_scopes_and_sends_nothing() throws Exception {
        receiver.server.next(ScriptedHttpServer.answer(200, "", scopes("alerts.read", "mail.send")));
        receiver.server.next(ScriptedHttpServer.answer(200));
        ConnectionReport report = open().test();
        assertThat(report.problem()).isNull();
        assertThat(report.checks())
                .extracting(Check::name)
                .containsExactly("resolve", "connect", "authenticate", "scope", "message");
        assertThat(receiver.server.received().getFirst().path()).isEqualTo("/v3/scopes");
        JsonNode message = sent();
        assertThat(message.at("/mail_settings/sandbox_mode/enable").asBoolean()).isTrue();
        assertThat(message.at("/from/email").asString()).isEqualTo("us@example.com");
        assertThat(report.toString()).doesNotContain(KEY);
    }

    @Test
    void a_key_that_may_not_send_is_found_out() throws Exception {
        receiver.server.next(ScriptedHttpServer.answer(200, "", scopes("alerts.read")));
        ConnectionReport.Problem problem = open().test().problem();
        assertThat(problem).isNotNull();
        assertThat(problem.error().wireName()).isEqualTo("permission_denied");
        assertThat(problem.hint()).contains("Mail Send");
        assertThat(receiver.server.received()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "401,The provided authorization grant is invalid,auth_failed",
        "401,Maximum credits exceeded,quota_exceeded",
        "403,access forbidden,permission_denied",
        "404,,not_found",
        "429,too many requests,rate_limited",
        "500,,unavailable",
        "400,,rejected",
    })
    void a_connection_test_says_what_is_wrong(int status, @Nullable String message, String code) throws Exception {
        String body = message == null ? "" : "{\"errors\":[{\"message\":\"" + message + "\",\"field\":null}]}";
        receiver.server.next(ScriptedHttpServer.answer(status, "", body));
        ConnectionReport.Problem problem = open().test().problem();
        assertThat(problem).isNotNull();
        assertThat(problem.error().wireName()).isEqualTo(code);
        assertThat(problem.providerCode()).isEqualTo("http_" + status);

        receiver.server.next(ScriptedHttpServer.answer(200, "", scopes("mail.send")));
        receiver.server.next(ScriptedHttpServer.answer(status, "", body));
        ConnectionReport second = open().test();
        assertThat(second.checks().getLast().name()).isEqualTo("message");
        assertThat(second.problem()).isNotNull();
        assertThat(second.problem().error().wireName()).isEqualTo(code);
    }

    @Test
    void without_its_key_nothing_is_tried() throws Exception {
        Sink sink = open("api.key", "${fake:missing}");
        assertThat(deliver(sink, Samples.attempt("d-1", Samples.body("a"))).outcome())
                .isInstanceOf(Outcome.OurFault.class);
        assertThat(sink.test().problem()).isNotNull();
        assertThat(receiver.server.received()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "base.url|ftp://x|base.url",
                "api.key|SG.plain|api.key",
                "from|\"Doe, John\" <j@example.com>|name with a comma",
                "to|\"a;b\" <j@example.com>|name with a comma",
                "to|a@example.com, A@EXAMPLE.com|each address once",
                "cc|YOU@example.com|each address once",
                "recipients|alone|recipients",
                "categories|1,2,3,4,5,6,7,8,9,10,11|categories"
            })
    void settings_that_cannot_work_are_refused(String name, String value, String message) {
        assertThatThrownBy(() -> open(name, value))
                .hasMessageContaining(message)
                .hasMessageNotContaining("SG.plain");
    }

    @Test
    void who_sees_nobody_has_no_copies() {
        assertThatThrownBy(() -> open("recipients", "apart", "bcc", "b@example.com"))
                .hasMessageContaining("recipients");
    }

    @Test
    void it_is_encrypted_if_its_url_says_so() {
        assertThat(provider.isEncrypted(destination())).isFalse();
        assertThat(provider.isEncrypted(destination("base.url", "https://api.eu.sendgrid.com")))
                .isTrue();
        assertThat(provider.isEncrypted(Samples.destination(Kind.EMAIL, "sendgrid", Map.of())))
                .isTrue();
    }
}
