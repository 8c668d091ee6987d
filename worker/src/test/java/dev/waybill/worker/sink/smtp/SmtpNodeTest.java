package dev.waybill.worker.sink.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Outcome.Ambiguous;
import dev.waybill.topology.policy.Outcome.Delivered;
import dev.waybill.topology.policy.Outcome.Failed;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpLimits;
import dev.waybill.worker.sink.oauth.AccessTokens;
import dev.waybill.worker.sink.smtp.NodeMailServer.Taken;
import dev.waybill.worker.sink.tls.TestCertificate;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// With a mail server that somebody else has written.
@Tag("node")
class SmtpNodeTest {

    @TempDir
    Path directory;

    private final FakeSecrets secrets = new FakeSecrets();
    private final Dialer dialer = new Dialer(new EgressGuard(List.of("127.0.0.1"), NameResolver.system()));
    private final SmtpClient client = new SmtpClient(dialer, SmtpLimits.DEFAULT);
    private final HttpClient http = new HttpClient(dialer, HttpLimits.DEFAULT);
    private final List<Sink> sinks = new ArrayList<>();
    private @Nullable NodeMailServer server;

    @AfterEach
    void stop() {
        sinks.forEach(Sink::close);
        if (server != null) {
            server.close();
        }
        client.close();
        http.close();
        dialer.close();
    }

    private NodeMailServer start(Security security) throws Exception {
        return start(security, null);
    }

    private NodeMailServer start(Security security, @Nullable Integer size) throws Exception {
        server = NodeMailServer.start(directory, security, size);
        return server;
    }

    private Map<String, String> settings(NodeMailServer at, Security security, String to) {
        Map<String, String> settings = new HashMap<>();
        settings.put("host", "127.0.0.1");
        settings.put("port", Integer.toString(at.port()));
        settings.put("security", security.wireName());
        settings.put("tls.ca", TestCertificate.valid().pem());
        settings.put("username", NodeMailServer.USER);
        settings.put("password", secrets.put("password", NodeMailServer.PASSWORD));
        settings.put("from", "Jürgen <us@example.com>");
        settings.put("to", to);
        settings.put("subject", "Größe 🚚");
        settings.put("text", "Grüße");
        settings.put("attach", "true");
        return settings;
    }

    private Sink open(Map<String, String> settings) {
        Sink sink = new SmtpProvider(
                        client, http, new AccessTokens(InstantSource.system(), "test"), secrets, InstantSource.system())
                .open(Samples.destination(Kind.EMAIL, "smtp", settings));
        sinks.add(sink);
        return sink;
    }

    private static AttemptReport deliver(Sink sink, byte[] bytes) throws Exception {
        Payload payload = new Payload("report", "application/pdf", Bytes.of(bytes), null, "レポート.pdf");
        return Samples.onVirtualThread(() -> sink.deliver(Samples.attempt("d-1", payload, Map.of())));
    }

    @ParameterizedTest
    @CsvSource({"STARTTLS, plain", "STARTTLS, login", "TLS, plain", "TLS, login"})
    void a_message_arrives(Security security, String auth) throws Exception {
        NodeMailServer node = start(security);
        Map<String, String> settings = settings(node, security, "you@example.com");
        settings.put("auth", auth);
        byte[] bytes = new byte[300_000];
        new Random(7).nextBytes(bytes);

        AttemptReport report = deliver(open(settings), bytes);

        assertThat(report.outcome()).isEqualTo(new Delivered());
        Taken taken = node.taken();
        assertThat(taken.secure()).isTrue();
        assertThat(taken.user()).isEqualTo(NodeMailServer.USER);
        ReceivedMail mail = ReceivedMail.of(taken.bytes());
        assertThat(mail.attachment()).isEqualTo(Bytes.of(bytes));
        assertThat(mail.part(1).getFileName()).isEqualTo("レポート.pdf");
        assertThat(mail.message().getSubject()).isEqualTo("Größe 🚚");
    }

    @Test
    void many_messages_share_connections() throws Exception {
        NodeMailServer node = start(Security.STARTTLS);
        Sink sink = open(settings(node, Security.STARTTLS, "you@example.com"));
        Set<String> connections = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            assertThat(deliver(sink, new byte[i]).outcome()).isEqualTo(new Delivered());
            connections.add(node.taken().connection());
        }

        assertThat(connections).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "rcpt-550@example.com, Permanent, 550",
        "rcpt-451@example.com, Retryable, 451",
        "data-554@example.com, Permanent, 554",
        "data-452@example.com, Retryable, 452"
    })
    void a_refusal_is_known_for_what_it_is(String recipient, String outcome, int code) throws Exception {
        NodeMailServer node = start(Security.STARTTLS);
        Sink sink = open(settings(node, Security.STARTTLS, recipient));

        AttemptReport report = deliver(sink, new byte[10]);

        assertThat(report.outcome().getClass().getSimpleName()).isEqualTo(outcome);
        assertThat(report.responseCode()).isEqualTo(code);
        assertThat(deliver(open(settings(node, Security.STARTTLS, "you@example.com")), new byte[10])
                        .outcome())
                .isEqualTo(new Delivered());
        assertThat(client.use().totals().created()).isEqualTo(1);
    }

    @Test
    void a_connection_that_ends_after_the_message_is_ambiguous() throws Exception {
        NodeMailServer node = start(Security.STARTTLS);

        AttemptReport report =
                deliver(open(settings(node, Security.STARTTLS, "drop-later@example.com")), new byte[200_000]);

        assertThat(report.outcome()).isInstanceOf(Ambiguous.class);
        assertThat(node.taken().bytes()).as("the server has it").isNotEmpty();
    }

    @Test
    void a_message_beyond_the_size_is_not_begun() throws Exception {
        NodeMailServer node = start(Security.STARTTLS, 10_000);
        Sink sink = open(settings(node, Security.STARTTLS, "you@example.com"));

        AttemptReport report = deliver(sink, new byte[10_000]);

        assertThat(((Failed) report.outcome()).fault().code()).isEqualTo("message_too_large");
        assertThat(report.bytesSent()).isZero();
        assertThat(deliver(sink, new byte[5_000]).outcome()).isEqualTo(new Delivered());
    }

    @Test
    void a_wrong_password_is_no_reason_to_try_again() throws Exception {
        NodeMailServer node = start(Security.TLS);
        Map<String, String> settings = settings(node, Security.TLS, "you@example.com");
        secrets.rotate("password", "wrong");

        AttemptReport report = deliver(open(settings), new byte[10]);

        assertThat(report.outcome()).isInstanceOf(Permanent.class);
        assertThat(((Failed) report.outcome()).fault().category()).isEqualTo(ErrorCategory.AUTHENTICATION);
        assertThat(report.responseCode()).isEqualTo(535);
    }

    @ParameterizedTest
    @EnumSource(
            value = Security.class,
            names = {"STARTTLS", "TLS"})
    void a_test_goes_all_the_way(Security security) throws Exception {
        NodeMailServer node = start(security, 1_000_000);

        ConnectionReport report =
                open(settings(node, security, "you@example.com")).test();

        assertThat(report.problem()).isNull();
        assertThat(report.details())
                .containsEntry("sizeLimit", "1000000")
                .containsEntry("authMechanisms", "LOGIN PLAIN XOAUTH2")
                .containsEntry("tlsVersion", "TLSv1.3");
    }

    @Test
    void a_test_tells_that_nobody_is_there() throws Exception {
        NodeMailServer node = start(Security.TLS);
        Outcome outcome = deliver(open(settings(node, Security.TLS, "rcpt-550@example.com")), new byte[1])
                .outcome();
        assertThat(outcome).isInstanceOf(Permanent.class).isNotInstanceOf(Retryable.class);

        ConnectionReport nobody =
                open(settings(node, Security.TLS, "rcpt-550@example.com")).test();
        assertThat(nobody.problem()).isNotNull();
        assertThat(nobody.problem().error()).isEqualTo(ConnectionError.NOT_FOUND);
    }

    // --- access tokens ----------------------------------------------------------------------------------------------

    private Map<String, String> bearing(NodeMailServer at, NodeProgram endpoint) {
        Map<String, String> settings = settings(at, Security.STARTTLS, "you@example.com");
        settings.remove("password");
        settings.put("auth", "xoauth2");
        settings.put("oauth.token.url", "http://127.0.0.1:" + endpoint.port() + "/token");
        settings.put("oauth.client.id", "waybill");
        settings.put("oauth.client.secret", secrets.put("client", "secret-of-the-client"));
        settings.put("oauth.scope", "mail");
        // Each message on a connection of its own, so that each shows a token.
        settings.put("connection.max.messages", "1");
        return settings;
    }

    @Test
    void a_token_is_asked_for_once_and_shown_on_every_connection() throws Exception {
        NodeMailServer node = start(Security.STARTTLS);
        try (NodeProgram endpoint = NodeProgram.start("token-server.js", List.of())) {
            Sink sink = open(bearing(node, endpoint));

            assertThat(deliver(sink, new byte[10]).outcome()).isEqualTo(new Delivered());
            assertThat(endpoint.line()).isEqualTo("client_credentials waybill secret-of-the-client mail -");
            assertThat(deliver(sink, new byte[10]).outcome()).isEqualTo(new Delivered());
            assertThat(client.use().totals().created()).isEqualTo(2);
            assertThat(node.taken().user()).isEqualTo(NodeMailServer.USER);
            assertThat(node.taken().user()).isEqualTo(NodeMailServer.USER);

            // Had there been another request, its line would come first.
            assertThat(endpoint.tell("fail 400 invalid_client")).isEqualTo("ok");
        }
    }

    @Test
    void a_token_that_was_revoked_is_replaced_within_the_attempt() throws Exception {
        NodeMailServer node = start(Security.STARTTLS);
        try (NodeProgram endpoint = NodeProgram.start("token-server.js", List.of())) {
            Sink sink = open(bearing(node, endpoint));
            assertThat(deliver(sink, new byte[10]).outcome()).isEqualTo(new Delivered());
            var _ = node.taken();
            node.revokeTokens();

            assertThat(deliver(sink, new byte[10]).outcome()).isEqualTo(new Delivered());
        }
    }

    @Test
    void a_token_that_is_not_taken_twice_is_no_reason_to_try_again() throws Exception {
        NodeMailServer node = start(Security.STARTTLS);
        try (NodeProgram endpoint = NodeProgram.start("token-server.js", List.of())) {
            Map<String, String> settings = bearing(node, endpoint);
            settings.put("username", "somebody@else.example");

            AttemptReport report = deliver(open(settings), new byte[10]);

            assertThat(report.outcome()).isInstanceOf(Permanent.class);
            assertThat(report.responseCode()).isEqualTo(535);
            ConnectionReport test = open(settings).test();
            assertThat(test.problem()).isNotNull();
            assertThat(test.problem().error()).isEqualTo(ConnectionError.AUTH_FAILED);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "401 invalid_client, Permanent, oauth_invalid_client",
        "503 temporarily_unavailable, Retryable, oauth_temporarily_unavailable"
    })
    void a_token_endpoint_that_refuses_is_known_for_it(String answer, String outcome, String code) throws Exception {
        NodeMailServer node = start(Security.STARTTLS);
        try (NodeProgram endpoint = NodeProgram.start("token-server.js", List.of())) {
            assertThat(endpoint.tell("fail " + answer)).isEqualTo("ok");

            AttemptReport report = deliver(open(bearing(node, endpoint)), new byte[10]);

            assertThat(report.outcome().getClass().getSimpleName()).isEqualTo(outcome);
            assertThat(((Failed) report.outcome()).fault().code()).isEqualTo(code);
            assertThat(report.toString()).doesNotContain("secret-of-the-client");
        }
    }
}
