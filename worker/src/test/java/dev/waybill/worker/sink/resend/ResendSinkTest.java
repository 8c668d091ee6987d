package dev.waybill.worker.sink.resend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.BatchReport;
import dev.waybill.worker.sink.BatchSink;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.email.ApiReceiver;
import dev.waybill.worker.sink.http.ScriptedHttpServer;
import dev.waybill.worker.sink.http.ScriptedHttpServer.Received;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ResendSinkTest {

    private static final String KEY = "re_secret";

    private ApiReceiver receiver;
    private ScriptedHttpServer server;
    private ResendProvider provider;

    @BeforeEach
    void start() throws IOException {
        receiver = new ApiReceiver(null);
        server = receiver.server;
        provider = new ResendProvider(receiver.http, receiver.secrets, InstantSource.system(), "1.2.3");
    }

    @AfterEach
    void stop() throws IOException {
        receiver.close();
    }

    private Destination destination(String... more) {
        return receiver.destination("resend", KEY, more);
    }

    private Sink open(String... more) {
        return provider.open(destination(more));
    }

    private static AttemptReport deliver(Sink sink, Attempt attempt) throws Exception {
        return Samples.onVirtualThread(() -> sink.deliver(attempt));
    }

    private Received last() {
        return receiver.last();
    }

    @Test
    void a_message_is_as_the_settings_have_it() throws Exception {
        Sink sink = open(
                "cc",
                "c@example.com",
                "bcc",
                "b@example.com",
                "reply.to",
                "R <r@example.com>",
                "subject",
                "{{payload.type}} für Sie 🚚",
                "html",
                "<p>{{payload.text}}</p>",
                "attach",
                "true");
        Payload payload = new Payload("report", "text/csv", Samples.body("a;b"), null, "Ü 日本.csv");
        assertThat(deliver(sink, Samples.attempt("d-1", payload, Map.of())).outcome())
                .isEqualTo(new Outcome.Delivered());
        JsonNode message = ResendRequests.messages(last()).getFirst();
        assertThat(message.path("from").asString()).isEqualTo("Jürgen <us@example.com>");
        assertThat(message.path("to").get(1).asString()).isEqualTo("Two <two@example.com>");
        assertThat(message.at("/cc/0").asString()).isEqualTo("c@example.com");
        assertThat(message.at("/bcc/0").asString()).isEqualTo("b@example.com");
        assertThat(message.path("reply_to").asString()).isEqualTo("R <r@example.com>");
        assertThat(message.path("subject").asString()).isEqualTo("report für Sie 🚚");
        assertThat(message.path("html").asString()).isEqualTo("<p>a;b</p>");
        assertThat(message.at("/headers/Message-ID").asString())
                .startsWith("<d-1.")
                .endsWith("@example.com>");
        assertThat(message.at("/attachments/0/filename").asString()).isEqualTo("Ü 日本.csv");
        assertThat(message.at("/attachments/0/content_type").asString()).isEqualTo("text/csv");
        assertThat(ResendRequests.payload(message)).isEqualTo(Samples.body("a;b"));
    }

    @Test
    void every_attempt_at_a_delivery_has_the_same_key_and_another_delivery_another_one() throws Exception {
        Sink sink = open();
        server.next(ScriptedHttpServer.answer(500));
        deliver(sink, Samples.attempt("d-1", Samples.body("a")));
        String key = last().headers().get("idempotency-key");
        deliver(sink, Samples.attempt("d-1", Samples.body("a")));
        assertThat(last().headers().get("idempotency-key")).isEqualTo(key);
        deliver(sink, Samples.attempt("d-2", Samples.body("a")));
        assertThat(last().headers().get("idempotency-key")).isNotEqualTo(key);
        deliver(sink, Samples.attempt("d".repeat(255), Samples.body("a")));
        ResendRequests.messages(last());
    }

    @Test
    void what_cannot_be_composed_is_not_sent() throws Exception {
        Sink sink = open("subject", "{{metadata.customer}}");
        AttemptReport report = deliver(sink, Samples.attempt("d-1", Samples.body("a")));
        assertThat(report.outcome()).isInstanceOf(Outcome.Permanent.class);
        assertThat(server.received()).isEmpty();
    }

    @Test
    void a_batch_with_a_message_that_cannot_be_composed_is_not_sent() throws Exception {
        BatchSink sink = (BatchSink) open("batch.format", "json", "subject", "{{payload.text}}");
        List<Attempt> members = List.of(
                Samples.attempt("d-1", Samples.body("a")),
                Samples.attempt(
                        "d-2",
                        new Payload("t", "image/png", dev.waybill.topology.model.Bytes.of(new byte[] {-1}), null, null),
                        Map.of()));
        assertThat(Samples.onVirtualThread(() -> sink.deliverTogether(members)))
                .isInstanceOf(BatchReport.Refused.class);
        assertThat(server.received()).isEmpty();
    }

    @Test
    void an_error_is_not_repeated_because_it_may_quote_the_message() throws Exception {
        server.next(ScriptedHttpServer.answer(
                422, "", "{\"statusCode\":422,\"name\":\"validation_error\",\"message\":\"bad 4711 re_secret\"}"));
        AttemptReport report = deliver(open(), Samples.attempt("d-1", Samples.body("4711")));
        assertThat(report.toString()).contains("resend_validation_error").doesNotContain("4711", KEY);
    }

    @ParameterizedTest
    @CsvSource({
        "200,,,",
        "401,restricted_api_key,,",
        "401,missing_api_key,auth_failed,missing_api_key",
        "403,invalid_api_key,auth_failed,invalid_api_key",
        "403,validation_error,permission_denied,validation_error",
        "404,not_found,not_found,not_found",
        "429,rate_limit_exceeded,rate_limited,rate_limit_exceeded",
        "429,daily_quota_exceeded,quota_exceeded,daily_quota_exceeded",
        "500,,unavailable,500",
        "400,,rejected,400"
    })
    void a_connection_test_lists_domains_and_takes_a_key_that_may_only_send(
            int status, @Nullable String name, @Nullable String code, @Nullable String providerCode) throws Exception {
        server.next(ScriptedHttpServer.answer(
                status, "", name == null ? "" : "{\"statusCode\":" + status + ",\"name\":\"" + name + "\"}"));
        ConnectionReport report = open().test();
        assertThat(last().method() + " " + last().path()).isEqualTo("GET /domains");
        assertThat(last().headers()).containsEntry("authorization", "Bearer " + KEY);
        ConnectionReport.Problem problem = report.problem();
        assertThat(problem == null ? null : problem.error().wireName()).isEqualTo(code);
        assertThat(problem == null ? null : problem.providerCode()).isEqualTo(providerCode);
        assertThat(report.toString()).doesNotContain(KEY);
    }

    @Test
    void without_its_key_nothing_is_tried() throws Exception {
        Sink sink = open("api.key", "${fake:missing}");
        assertThat(deliver(sink, Samples.attempt("d-1", Samples.body("a"))).outcome())
                .isInstanceOf(Outcome.OurFault.class);
        assertThat(sink.test().problem()).isNotNull();
        assertThat(server.received()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "base.url,ftp://x",
        "tls.ca,x",
        "api.key,re_plain",
        "batch.format,xml",
        "batch.max.count,101",
        "from,nobody"
    })
    void settings_that_cannot_work_are_refused(String name, String value) {
        assertThatThrownBy(() -> open("batch.format", "json", name, value))
                .hasMessageContaining(name)
                .hasMessageNotContaining("re_plain");
    }

    @Test
    void batches_have_no_files() {
        assertThatThrownBy(() -> open("batch.format", "json", "attach", "true", "text", "x"))
                .hasMessageContaining("batch.format");
    }

    @ParameterizedTest
    @CsvSource({"https://api.eu.example.com,true", "HTTPS://x,true", "http://127.0.0.1:1,false"})
    void it_is_encrypted_if_its_url_says_so(String url, boolean encrypted) {
        assertThat(provider.isEncrypted(destination("base.url", url))).isEqualTo(encrypted);
    }

    @Test
    void it_is_encrypted_by_default() {
        assertThat(provider.isEncrypted(Samples.destination(Kind.EMAIL, "resend", Map.of())))
                .isTrue();
    }
}
