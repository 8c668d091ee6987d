package dev.waybill.worker.sink.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Outcome.Delivered;
import dev.waybill.topology.policy.Outcome.Failed;
import dev.waybill.topology.policy.Outcome.OurFault;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpLimits;
import dev.waybill.worker.sink.http.ScriptedHttp2Server;
import dev.waybill.worker.sink.http.ScriptedHttpServer;
import dev.waybill.worker.sink.tls.TestCertificate;
import dev.waybill.worker.sink.tls.TestIdentity;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Receivers that ask who we are.
class WebhookClientCertificateTest {

    private static final TestIdentity ANNA = TestIdentity.anna();
    private static final TestIdentity BERT = TestIdentity.bert();

    private final FakeSecrets secrets = new FakeSecrets();
    private final Dialer dialer = new Dialer(new EgressGuard(List.of("127.0.0.1"), NameResolver.system()));
    private final HttpClient http = new HttpClient(dialer, HttpLimits.DEFAULT);
    private final WebhookProvider provider = new WebhookProvider(http, secrets, InstantSource.system(), "test");
    private final List<Sink> sinks = new ArrayList<>();
    private ScriptedHttp2Server server;

    @BeforeEach
    void start() throws Exception {
        server = ScriptedHttp2Server.startMutual(TestCertificate.valid().contextForClientsOf(TestIdentity.authority()));
    }

    @AfterEach
    void stop() throws Exception {
        sinks.forEach(Sink::close);
        server.close();
        http.close();
        dialer.close();
    }

    private Sink open(String... settings) {
        Map<String, String> all = new HashMap<>(
                Map.of("url", server.url("/"), "tls.ca", TestCertificate.valid().pem()));
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        Sink sink = provider.open(Samples.destination(Kind.WEBHOOK, "webhook", all));
        sinks.add(sink);
        return sink;
    }

    private Sink openAs(TestIdentity identity, String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        String key = secrets.put(identity.name() + "-key", identity.key());
        all.addAll(List.of("tls.cert", identity.chain(), "tls.key", key));
        return open(all.toArray(String[]::new));
    }

    private static AttemptReport deliver(Sink sink) throws Exception {
        return Samples.onVirtualThread(() -> sink.deliver(Samples.attempt("d-1", Samples.body("{}"))));
    }

    private static void assertDelivered(Sink sink) throws Exception {
        assertThat(deliver(sink).outcome()).isEqualTo(new Delivered());
    }

    private static Fault fault(AttemptReport report, Class<? extends Outcome> type) {
        assertThat(report.outcome()).isInstanceOf(type);
        return ((Failed) report.outcome()).fault();
    }

    private List<String> clients() {
        return server.received().stream()
                .map(ScriptedHttp2Server.Received::client)
                .toList();
    }

    @Test
    void shows_its_certificate_over_http_2() throws Exception {
        assertDelivered(openAs(ANNA));
        assertDelivered(openAs(TestIdentity.rosa()));

        assertThat(clients()).containsExactly("CN=anna", "CN=rosa");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void shows_its_certificate_over_http_1(String protocol) throws Exception {
        try (ScriptedHttpServer old = ScriptedHttpServer.startMutual(
                TestCertificate.valid().contextForClientsOf(TestIdentity.authority()), protocol)) {
            String url = "https://127.0.0.1:" + old.port() + "/";
            assertDelivered(openAs(ANNA, "url", url));
            assertDelivered(openAs(TestIdentity.rosa(), "url", url));

            assertThat(old.clients()).containsExactly("CN=anna", "CN=rosa");
        }
    }

    @Test
    void connections_of_one_identity_are_never_used_by_another() throws Exception {
        Sink anna = openAs(ANNA);
        Sink bert = openAs(BERT);
        Sink alsoAnna = openAs(ANNA);
        assertDelivered(anna);
        assertDelivered(bert);
        assertDelivered(alsoAnna);
        assertDelivered(anna);

        assertThat(clients()).containsExactly("CN=anna", "CN=bert", "CN=anna", "CN=anna");
        assertThat(server.connections()).isEqualTo(2);
        assertThat(fault(deliver(open()), Failed.class).category()).isEqualTo(ErrorCategory.TLS);
    }

    /// A server that closes while we still shake hands may be faster than its own reason: then it is tried again.
    @Test
    void a_certificate_that_the_receiver_does_not_trust_is_refused() throws Exception {
        AttemptReport report = deliver(openAs(TestIdentity.stranger()));

        assertThat(fault(report, Failed.class).code()).isIn("tls_client_certificate_refused", "tls_failed");
        assertThat(server.received()).isEmpty();
    }

    @Test
    void the_connection_test_shows_it_and_says_when_it_is_missing() throws Exception {
        ConnectionReport report = open().test();

        assertThat(report.success()).isFalse();
        assertThat(Objects.requireNonNull(report.problem()).hint()).isNotBlank();
        assertThat(openAs(ANNA).test().success()).isTrue();
    }

    /// First the key, then the certificate: the one before is kept beside the new one.
    @Test
    void key_and_certificate_are_replaced_one_after_the_other() throws Exception {
        String reference = secrets.put("key", ANNA.key());
        Sink before = open("tls.cert", ANNA.chain(), "tls.key", reference);
        assertDelivered(before);
        secrets.rotate("key", BERT.key());
        assertDelivered(before);
        assertDelivered(open("tls.cert", BERT.chain(), "tls.key", reference));

        assertThat(clients()).containsExactly("CN=anna", "CN=anna", "CN=bert");
    }

    @Test
    void a_key_that_is_changed_holds_for_the_next_attempt() throws Exception {
        Sink sink = openAs(ANNA);
        secrets.put("anna-key", BERT.key());
        assertThat(fault(deliver(sink), Permanent.class).code()).isEqualTo("secret_invalid");
        secrets.put("anna-key", ANNA.key());
        assertDelivered(sink);
        secrets.put("anna-key", BERT.key());
        assertThat(deliver(sink).outcome()).isInstanceOf(Permanent.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hunter2",
                "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----",
                "-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----",
            })
    void a_key_that_is_none_is_a_mistake_of_the_settings(String key) throws Exception {
        Sink sink = open("tls.cert", ANNA.chain(), "tls.key", secrets.put("key", key));

        Fault fault = fault(deliver(sink), Permanent.class);
        assertThat(fault.code()).isEqualTo("secret_invalid");
        assertThat(fault.message()).contains("key").doesNotContain("hunter2");
        ConnectionReport report = sink.test();
        assertThat(report.success()).isFalse();
        assertThat(Objects.requireNonNull(report.problem()).hint()).contains("PKCS#8");
        assertThat(server.connections()).isZero();
    }

    @Test
    void a_key_that_cannot_be_read_now_charges_nobody() throws Exception {
        Sink sink = openAs(ANNA);
        secrets.becomeUnavailable();

        assertThat(fault(deliver(sink), OurFault.class).code()).isEqualTo("secret_unavailable");
        assertThat(sink.test().success()).isFalse();
    }

    @Test
    void settings_that_cannot_work_are_refused() {
        String key = secrets.put("key", ANNA.key());

        assertRefused("need each other", "tls.cert", ANNA.chain());
        assertRefused("need each other", "tls.key", key);
        assertRefused("PEM", "tls.cert", "hunter2", "tls.key", key);
        assertRefused("signed", "tls.cert", ANNA.chain() + BERT.chain(), "tls.key", key);
        assertRefused("reference", "tls.cert", ANNA.chain(), "tls.key", ANNA.key());
        assertRefused("https", "tls.cert", ANNA.chain(), "tls.key", key, "url", "http://example.com/");
        assertThat(open("tls.cert", ANNA.chain() + TestIdentity.authority(), "tls.key", key))
                .isNotNull();
    }

    private void assertRefused(String message, String... settings) {
        assertThatThrownBy(() -> open(settings))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message)
                .hasMessageNotContainingAny("hunter2", "PRIVATE");
    }
}
