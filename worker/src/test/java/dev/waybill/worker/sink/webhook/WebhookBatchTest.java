package dev.waybill.worker.sink.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.standardwebhooks.Webhook;
import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.BatchId;
import dev.waybill.worker.sink.BatchLimits;
import dev.waybill.worker.sink.BatchReport;
import dev.waybill.worker.sink.BatchSink;
import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpLimits;
import dev.waybill.worker.sink.http.ScriptedHttpServer;
import dev.waybill.worker.sink.http.ScriptedHttpServer.Received;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookBatchTest {

    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private final FakeSecrets secrets = new FakeSecrets();
    private final Dialer dialer = new Dialer(new EgressGuard(List.of("127.0.0.1"), NameResolver.system()));
    private final HttpClient http = new HttpClient(dialer, HttpLimits.DEFAULT);
    private final WebhookProvider provider = new WebhookProvider(http, secrets, InstantSource.system(), "1.2.3");
    private final List<Sink> sinks = new ArrayList<>();
    private ScriptedHttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = ScriptedHttpServer.start();
    }

    @AfterEach
    void stop() throws IOException {
        sinks.forEach(Sink::close);
        server.close();
        http.close();
        dialer.close();
    }

    private Destination destination(String... settings) {
        Map<String, String> all =
                new HashMap<>(Map.of("url", server.url("/hook"), "signing.secret", secrets.put("signing", SECRET)));
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        return Samples.destination(Kind.WEBHOOK, "webhook", all);
    }

    private BatchSink open(String... settings) {
        BatchSink sink = (BatchSink) provider.open(destination(settings));
        sinks.add(sink);
        return sink;
    }

    private static BatchReport deliver(BatchSink sink, List<Attempt> attempts) throws Exception {
        return Samples.onVirtualThread(() -> sink.deliverTogether(attempts));
    }

    private static List<Attempt> members(int count, String id, String body) {
        return IntStream.range(0, count)
                .mapToObj(i -> Samples.attempt(id + i, Samples.body(body)))
                .toList();
    }

    private static Attempt typed(String contentType, String body, Map<String, String> headers) {
        return Samples.attempt("d-1", new Payload("t", contentType, Samples.body(body), null, null), headers);
    }

    private Received last() {
        return server.received().getLast();
    }

    private @Nullable String header(String name) {
        return last().headers().get(name);
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }

    private static java.net.http.HttpHeaders headers(Received request) {
        Map<String, List<String>> all = new HashMap<>();
        request.headers().forEach((name, value) -> all.put(name, List.of(value)));
        return java.net.http.HttpHeaders.of(all, (_, _) -> true);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "json|application/json|[{\"a\" :1},{\"a\" :1}]",
                "ndjson|application/x-ndjson|{\"a\" :1}~{\"a\" :1}~"
            })
    void puts_payloads_side_by_side_untouched(String format, String type, String body) throws Exception {
        deliver(open("batch.format", format), members(2, "d-", "{\"a\" :1}"));

        assertThat(text(last().body().array())).isEqualTo(body.replace('~', '\n'));
        assertThat(header("content-type")).isEqualTo(type);
    }

    @Test
    void the_official_library_accepts_the_signature_and_the_id_proves_the_members() throws Exception {
        deliver(open("batch.format", "json"), members(3, "d-", "{}"));

        new Webhook(SECRET).verify(text(last().body().array()), headers(last()));
        String ids = header("waybill-batch-ids");
        assertThat(ids).isEqualTo("d-0,d-1,d-2");
        assertThat(header("webhook-id"))
                .isEqualTo(BatchId.of(List.of("d-0", "d-1", "d-2")))
                .isNotEqualTo(BatchId.of(List.of("d-0", "d-1", "d-3")))
                .matches("batch_[A-Za-z0-9_-]{22}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd"})
    void a_compressed_batch_is_signed_as_it_was_before(String coding) throws Exception {
        List<Attempt> members = members(10, "d-", "\"" + "x".repeat(1_000) + "\"");

        BatchReport report = deliver(open("batch.format", "ndjson", "compression", coding), members);

        assertThat(report).isInstanceOf(BatchReport.Members.class);
        assertThat(header("content-encoding")).isEqualTo(coding);
        assertThat(last().body().size()).isLessThan(1_000);
        String body = text(decoded(last().body().array(), coding));
        assertThat(body.lines()).hasSize(10);
        new Webhook(SECRET).verify(body, headers(last()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd"})
    void a_large_payload_alone_is_compressed_too(String coding) throws Exception {
        Sink sink = open("compression", coding, "compression.min.bytes", "100");
        String large = "{\"text\":\"" + "x".repeat(100) + "\"}";
        Samples.onVirtualThread(() -> sink.deliver(Samples.attempt("d-1", Samples.body(large))));

        assertThat(header("content-encoding")).isEqualTo(coding);
        assertThat(text(decoded(last().body().array(), coding))).isEqualTo(large);
        new Webhook(SECRET).verify(large, headers(last()));
    }

    @Test
    void what_is_small_or_does_not_become_smaller_goes_as_it_is() throws Exception {
        Sink sink = open("compression", "gzip", "compression.min.bytes", "10");
        Samples.onVirtualThread(() -> sink.deliver(Samples.attempt("d-1", Samples.body("x".repeat(9)))));
        assertThat(header("content-encoding")).isNull();

        Samples.onVirtualThread(() -> sink.deliver(Samples.attempt("d-2", Samples.body("0123456789"))));
        assertThat(header("content-encoding")).isNull();
        assertThat(text(last().body().array())).isEqualTo("0123456789");
    }

    private static byte[] decoded(byte[] body, String coding) throws IOException {
        return coding.equals("zstd")
                ? Zstd.decompress(body, 1 << 20)
                : new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
    }

    @ParameterizedTest
    @CsvSource({
        "400, true, false", "413, true, true", "415, true, false", "422, true, false", "431, true, true",
        "301, false, false", "401, false, false", "404, false, false", "410, false, false", "500, false, false"
    })
    void refusals_that_a_member_may_have_caused_are_split(int status, boolean refused, boolean tooLarge)
            throws Exception {
        server.next(ScriptedHttpServer.answer(status));

        BatchReport report = deliver(open("batch.format", "json"), members(2, "d-", "{}"));

        assertThat(report instanceof BatchReport.Refused).isEqualTo(refused);
        assertThat(report instanceof BatchReport.Refused one && one.tooLarge()).isEqualTo(tooLarge);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no JSON",
                "{}",
                "[]",
                "[1]",
                "[{\"id\":\"d-0\"}]",
                "[{\"id\":\"d-0\",\"status\":\"200\"}]",
                "[{\"id\":\"d-0\",\"status\":100}]",
                "[{\"id\":\"other\",\"status\":200}]"
            })
    void a_member_that_a_207_does_not_name_is_ambiguous(String body) throws Exception {
        server.next(ScriptedHttpServer.answer(207, "", body));

        BatchReport report = deliver(open("batch.format", "json"), members(1, "d-", "{}"));

        AttemptReport member = ((BatchReport.Members) report).reports().getFirst();
        assertThat(member.outcome()).isInstanceOf(Outcome.Ambiguous.class);
        assertThat(member.responseCode()).isEqualTo(207);
    }

    @Test
    void a_207_tells_each_member_its_status() throws Exception {
        server.next(ScriptedHttpServer.answer(
                207, "", "[{\"id\":\"d-0\",\"status\":201},{\"id\":\"d-1\",\"status\":422}]"));

        BatchReport report = deliver(open("batch.format", "json"), members(2, "d-", "{}"));

        List<AttemptReport> reports = ((BatchReport.Members) report).reports();
        assertThat(reports).extracting(AttemptReport::responseCode).containsExactly(201, 422);
        assertThat(reports.getFirst().outcome()).isEqualTo(new Outcome.Delivered());
        assertThat(reports.getLast().outcome()).isInstanceOf(Outcome.Permanent.class);
    }

    @Test
    void ids_that_do_not_fit_into_a_header_are_refused_before_they_are_sent() throws Exception {
        BatchSink sink = open("batch.format", "json");

        BatchReport report = deliver(sink, members(20, "d".repeat(250), "{}"));
        assertThat(report)
                .isInstanceOfSatisfying(
                        BatchReport.Refused.class,
                        one -> assertThat(one.tooLarge()).isTrue());
        assertThat(server.received()).isEmpty();

        assertThat(deliver(sink, members(10, "d".repeat(250), "{}"))).isInstanceOf(BatchReport.Members.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "json|application/json|{}|true",
                "json|application/json; charset=utf-8|{~}|true",
                "json|application/cloudevents+json|{}|true",
                "json|text/plain|{}|false",
                "json|application/json|''|false",
                "ndjson|application/json|{}|true",
                "ndjson|application/json|{~}|false",
                "none|application/json|{}|false"
            })
    void only_what_fits_the_format_travels_together(String format, String type, String body, boolean together) {
        Attempt attempt = typed(type, body.replace('~', '\n'), Map.of());

        BatchLimits limits = provider.batches(destination("batch.format", format), attempt.delivery());

        assertThat(limits != null).isEqualTo(together);
    }

    @Test
    void a_delivery_with_headers_of_its_own_to_pass_on_goes_alone() {
        Destination destination = destination("batch.format", "json", "request.headers.allowed", "X-Tenant, X-Other");

        Attempt passing = typed("application/json", "{}", Map.of("x-other", "1"));
        assertThat(provider.batches(destination, passing.delivery())).isNull();
        Attempt other = typed("application/json", "{}", Map.of("x-secret", "1"));
        assertThat(provider.batches(destination, other.delivery())).isNotNull();
    }

    @Test
    void the_destination_sets_the_limits() {
        Attempt attempt = typed("application/json", "{}", Map.of());

        assertThat(provider.batches(destination("batch.format", "json"), attempt.delivery()))
                .isEqualTo(new BatchLimits(100, 512 * 1024, Duration.ofMillis(100), WebhookSink.IDS_MAX));
        Destination own = destination(
                "batch.format", "json", "batch.max.count", "7", "batch.max.bytes", "1000", "batch.linger.ms", "0");
        assertThat(provider.batches(own, attempt.delivery()))
                .isEqualTo(new BatchLimits(7, 1_000, Duration.ZERO, WebhookSink.IDS_MAX));
    }

    @ParameterizedTest
    @CsvSource({"batch.format,xml", "batch.max.count,0", "batch.max.count,201", "batch.max.bytes,x", "compression,br"})
    void settings_that_cannot_work_are_refused(String name, String value) {
        Destination destination = destination("batch.format", "json", name, value);

        assertThatThrownBy(() -> provider.open(destination))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(name);
    }
}
