package dev.waybill.worker.sink.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Outcome.Ambiguous;
import dev.waybill.topology.policy.Outcome.Delivered;
import dev.waybill.topology.policy.Outcome.Failed;
import dev.waybill.topology.policy.Outcome.OurFault;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.topology.policy.Outcome.Throttled;
import dev.waybill.topology.policy.Policy;
import dev.waybill.worker.pool.PoolLimits;
import dev.waybill.worker.pool.PoolUse;
import dev.waybill.worker.sink.Attempt;
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
import dev.waybill.worker.sink.smtp.ScriptedSmtpServer.At;
import dev.waybill.worker.sink.smtp.ScriptedSmtpServer.Received;
import dev.waybill.worker.sink.tls.TestCertificate;
import dev.waybill.worker.sink.tls.TestIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What passes between the provider and a server, and what becomes of connections.
class SmtpSinkTest {

    private static final String UNKNOWN = "mail.nowhere.example";

    private final FakeSecrets secrets = new FakeSecrets();
    private final Dialer dialer = new Dialer(new EgressGuard(List.of("127.0.0.1", "localhost"), SmtpSinkTest::resolve));
    private final List<Sink> sinks = new ArrayList<>();
    private SmtpClient client = new SmtpClient(dialer, SmtpLimits.DEFAULT);
    private final HttpClient http = new HttpClient(dialer, HttpLimits.DEFAULT);
    private ScriptedSmtpServer server;

    private static List<InetAddress> resolve(String host) throws UnknownHostException {
        if (host.equals(UNKNOWN)) {
            throw new UnknownHostException(host);
        }
        return NameResolver.system().resolve(host);
    }

    @BeforeEach
    void start() throws IOException {
        server = ScriptedSmtpServer.start();
    }

    @AfterEach
    void stop() throws IOException {
        sinks.forEach(Sink::close);
        server.close();
        client.close();
        http.close();
        dialer.close();
    }

    private Map<String, String> settings(ScriptedSmtpServer at, String security) {
        return new HashMap<>(Map.of(
                "host", "127.0.0.1",
                "port", Integer.toString(at.port()),
                "security", security,
                "from", "Us <us@example.com>",
                "to", "you@example.com"));
    }

    private Map<String, String> plain() {
        return settings(server, "none");
    }

    private Map<String, String> with(String... more) {
        Map<String, String> settings = plain();
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return settings;
    }

    private Sink open(Map<String, String> settings) {
        return open(settings, Policy.defaults(Kind.EMAIL));
    }

    private Sink open(Map<String, String> settings, Policy policy) {
        Sink sink = new SmtpProvider(
                        client, http, new AccessTokens(InstantSource.system(), "test"), secrets, InstantSource.system())
                .open(Samples.destination(Kind.EMAIL, "smtp", settings, policy));
        sinks.add(sink);
        return sink;
    }

    private static AttemptReport deliver(Sink sink, Attempt attempt) throws Exception {
        return Samples.onVirtualThread(() -> sink.deliver(attempt));
    }

    private AttemptReport deliver(Sink sink) throws Exception {
        return deliver(sink, Samples.attempt("d-1", Samples.body("hello")));
    }

    private static Fault fault(AttemptReport report) {
        return ((Failed) report.outcome()).fault();
    }

    private PoolUse.Totals totals() {
        return client.use().totals();
    }

    // --- the conversation -------------------------------------------------------------------------------------------

    @Test
    void a_message_takes_two_turns_where_commands_may_go_together() throws Exception {
        AttemptReport report = deliver(open(with("cc", "copy@example.com")));

        assertThat(report.outcome()).isEqualTo(new Delivered());
        assertThat(server.commands()).hasSize(5).element(0).isEqualTo("EHLO [127.0.0.1]");
        assertThat(server.commands().get(1)).matches("MAIL FROM:<us@example.com> SIZE=[0-9]+");
        assertThat(server.commands().subList(2, 5))
                .containsExactly("RCPT TO:<you@example.com>", "RCPT TO:<copy@example.com>", "DATA");
        assertThat(report.responseCode()).isEqualTo(250);
        assertThat(report.responseExcerpt()).isEqualTo("250 2.0.0 queued as 4711");
        assertThat(report.remoteAddress()).isEqualTo("127.0.0.1:" + server.port());
        assertThat(report.phases().connect()).isNotNull();
        assertThat(report.phases().firstByte()).isNotNull();
        assertThat(report.bytesSent()).isGreaterThan(100);
    }

    @Test
    void the_size_that_is_announced_is_that_of_the_message() throws Exception {
        deliver(open(plain()), Samples.attempt("d-1", Samples.body(".dots\n.\n..\nend")));

        Received received = server.received().getFirst();
        assertThat(received.from()).endsWith(" SIZE=" + received.bytes().size());
        assertThat(received.text()).endsWith("\r\n.dots\r\n.\r\n..\r\nend\r\n");
    }

    @Test
    void a_server_without_any_extension_will_do() throws Exception {
        server.offer();

        assertThat(deliver(open(with("bcc", "hidden@example.com"))).outcome()).isEqualTo(new Delivered());
        assertThat(server.received().getFirst().from()).isEqualTo("<us@example.com>");
        assertThat(server.received().getFirst().recipients())
                .containsExactly("<you@example.com>", "<hidden@example.com>");
    }

    @Test
    void names_and_envelope_are_as_the_settings_say() throws Exception {
        deliver(open(with("ehlo.name", "worker.example.com", "envelope.from", "bounces@example.com")));

        assertThat(server.commands().getFirst()).isEqualTo("EHLO worker.example.com");
        assertThat(server.received().getFirst().from()).startsWith("<bounces@example.com>");
        assertThat(server.received().getFirst().text()).contains("From: Us <us@example.com>");
    }

    @Test
    void a_repeated_attempt_sends_the_same_message() throws Exception {
        Sink sink = open(with("text", "see", "html", "<p>see</p>", "attach", "true"));

        deliver(sink);
        deliver(sink);

        assertThat(server.received().get(0).bytes())
                .isEqualTo(server.received().get(1).bytes());
        assertThat(server.received().getFirst().text())
                .contains("Message-ID: <d-1.00000000-0000-0000-0000-000000000001@example.com>");
    }

    @Test
    void a_payload_cannot_add_a_header_or_a_command() throws Exception {
        Payload payload = new Payload(
                "x\r\nBcc: all@example.com\r\n\r\n.\r\nMAIL FROM:<evil@example.com>",
                "text/plain",
                Samples.body("hello\r\n.\r\nMAIL FROM:<evil@example.com>\r\n"),
                null,
                null);

        deliver(open(plain()), Samples.attempt("d-1", payload, Map.of()));

        assertThat(server.received()).hasSize(1);
        assertThat(server.commands()).noneMatch(command -> command.contains("evil"));
        ReceivedMail mail = ReceivedMail.of(server.received().getFirst().bytes().array());
        assertThat(mail.message().getHeader("Bcc")).isNull();
        assertThat(mail.message().getSubject()).contains("Bcc: all@example.com");
    }

    // --- what is refused --------------------------------------------------------------------------------------------

    @Test
    void a_message_beyond_the_size_of_the_server_is_not_begun() throws Exception {
        server.offer("SIZE 2000");

        AttemptReport report = deliver(open(plain()), Samples.attempt("d-1", Samples.body("x".repeat(2_000))));

        assertThat(report.outcome()).isInstanceOf(Permanent.class);
        assertThat(fault(report).code()).isEqualTo("message_too_large");
        assertThat(server.commands()).hasSize(1);
        assertThat(deliver(open(plain())).outcome()).as("another").isEqualTo(new Delivered());
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void a_message_of_just_the_size_is_sent() throws Exception {
        deliver(open(plain()));
        int size = server.received().getFirst().bytes().size();
        server.dropConnections();

        server.offer("SIZE " + size);
        assertThat(deliver(open(plain())).outcome()).isEqualTo(new Delivered());
        server.dropConnections();
        server.offer("SIZE " + (size - 1));
        assertThat(fault(deliver(open(plain()))).code()).isEqualTo("message_too_large");
    }

    @Test
    void an_address_in_unicode_needs_a_server_that_takes_it() throws Exception {
        Sink sink = open(with("to", "jürgen@example.com"));
        assertThat(deliver(sink).outcome()).isEqualTo(new Delivered());
        assertThat(server.received().getFirst().from()).endsWith(" BODY=8BITMIME SMTPUTF8");
        assertThat(server.received().getFirst().recipients()).containsExactly("<jürgen@example.com>");

        server.dropConnections();
        server.offer("8BITMIME");
        assertThat(fault(deliver(sink)).code()).isEqualTo("smtputf8_not_offered");
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(At.CONNECT, "421 4.7.0 too many", Throttled.class),
                Arguments.of(At.CONNECT, "554 5.7.1 blocked", Permanent.class),
                Arguments.of(At.EHLO, "550 no", Permanent.class),
                Arguments.of(At.MAIL, "451 4.3.0 later", Retryable.class),
                Arguments.of(At.MAIL, "550 5.7.60 not yours", Permanent.class),
                Arguments.of(At.RCPT, "450 4.7.1 greylisted", Throttled.class),
                Arguments.of(At.RCPT, "550 5.1.1 nobody", Permanent.class),
                Arguments.of(At.DATA, "451 4.3.0 later", Retryable.class),
                Arguments.of(At.MESSAGE, "452 4.3.1 full", Retryable.class),
                Arguments.of(At.MESSAGE, "552 5.3.4 too big", Permanent.class));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void a_refusal_is_known_wherever_it_comes(At at, String reply, Class<? extends Outcome> outcome) throws Exception {
        Sink sink = open(plain());
        server.next(at, ScriptedSmtpServer.reply(reply));

        AttemptReport report = deliver(sink);

        assertThat(report.outcome()).isInstanceOf(outcome);
        assertThat(report.responseCode()).isEqualTo(Integer.parseInt(reply.substring(0, 3)));
        assertThat(report.responseExcerpt()).isEqualTo(reply);
        assertThat(server.received()).isEmpty();
        assertThat(deliver(sink).outcome()).as("the next").isEqualTo(new Delivered());
    }

    @ParameterizedTest
    @EnumSource(
            value = At.class,
            names = {"CONNECT", "MAIL", "RCPT", "DATA"})
    void a_server_that_has_enough_says_so_and_goes(At at) throws Exception {
        Sink sink = open(with("cc", "copy@example.com"));
        server.next(at, ScriptedSmtpServer.farewell("421 4.7.0 too many messages"));

        AttemptReport report = deliver(sink);

        assertThat(report.outcome()).isInstanceOf(Throttled.class);
        assertThat(report.responseCode()).isEqualTo(421);
        assertThat(deliver(sink).outcome()).isEqualTo(new Delivered());
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void a_connection_is_good_for_the_next_message_after_a_refusal() throws Exception {
        Sink sink = open(plain());
        server.next(At.RCPT, ScriptedSmtpServer.reply("550 5.1.1 nobody"));

        deliver(sink);
        deliver(sink);

        assertThat(server.connections()).isEqualTo(1);
        assertThat(server.commands()).containsSubsequence("RCPT TO:<you@example.com>", "RSET", "DATA");
    }

    // --- several recipients -----------------------------------------------------------------------------------------

    @Test
    void nobody_gets_a_message_that_one_is_refused() throws Exception {
        server.next(At.RCPT, ScriptedSmtpServer.reply("250 ok"));
        server.next(At.RCPT, ScriptedSmtpServer.reply("550 5.1.1 nobody"));

        AttemptReport report = deliver(open(with("to", "a@example.com, b@example.com, c@example.com")));

        assertThat(report.outcome()).isInstanceOf(Permanent.class);
        assertThat(report.responseHeaders())
                .containsEntry("recipients-accepted", "2")
                .containsEntry("recipients-refused", "1")
                .containsEntry("recipients-refused-codes", "1 x 550 5.1.1");
        assertThat(server.received()).isEmpty();
        assertThat(deliver(open(plain())).outcome()).isEqualTo(new Delivered());
        assertThat(server.connections()).as("the server waited for a message").isEqualTo(2);
    }

    @Test
    void who_is_refused_for_good_is_left_out_if_the_destination_wants_it() throws Exception {
        Sink sink = open(with("to", "a@example.com, b@example.com", "recipients.refused", "skip"));
        server.next(At.RCPT, ScriptedSmtpServer.reply("550 5.1.1 nobody"));

        AttemptReport report = deliver(sink);

        assertThat(report.outcome()).isEqualTo(new Delivered());
        assertThat(report.responseHeaders()).containsEntry("recipients-refused", "1");
        assertThat(server.received()).hasSize(1);

        server.next(At.RCPT, ScriptedSmtpServer.reply("451 4.3.0 later"));
        assertThat(deliver(sink).outcome()).as("who comes later holds up all").isInstanceOf(Retryable.class);
        assertThat(server.received()).hasSize(1);
    }

    // --- connections that fail --------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(
            value = At.class,
            names = {"EHLO", "MAIL", "RCPT", "DATA"})
    void a_connection_that_breaks_before_the_message_is_retryable(At at) throws Exception {
        server.next(at, ScriptedSmtpServer.reset());

        AttemptReport report = deliver(open(plain()));

        assertThat(report.outcome()).isInstanceOf(Retryable.class);
        assertThat(server.received()).isEmpty();
    }

    @Test
    void a_connection_that_was_used_before_and_breaks_is_replaced_at_once() throws Exception {
        Sink sink = open(plain());
        deliver(sink);
        server.next(At.MAIL, ScriptedSmtpServer.reset());
        assertThat(deliver(sink).outcome()).isEqualTo(new Delivered());

        server.next(At.MAIL, ScriptedSmtpServer.farewell("421 4.4.2 idle for too long"));
        assertThat(deliver(sink).outcome()).isEqualTo(new Delivered());
        assertThat(server.received()).hasSize(3);
        assertThat(server.connections()).isEqualTo(3);
    }

    @Test
    void nothing_is_sent_again_after_the_last_byte() throws Exception {
        Sink sink = open(plain());
        deliver(sink);
        server.next(At.MESSAGE, ScriptedSmtpServer.reset());

        assertThat(deliver(sink).outcome()).isInstanceOf(Ambiguous.class);
        assertThat(server.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"HELLO, hello", "MESSAGE, 354 what"})
    void an_answer_that_is_none_says_nothing(String where, String answer) throws Exception {
        server.next(where.equals("HELLO") ? At.CONNECT : At.MESSAGE, ScriptedSmtpServer.reply(answer));

        AttemptReport report = deliver(open(plain()));

        assertThat(fault(report).code()).isEqualTo("invalid_response");
        assertThat(report.outcome()).isInstanceOf(where.equals("HELLO") ? Retryable.class : Ambiguous.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = At.class,
            names = {"CONNECT", "EHLO", "MAIL", "RCPT", "DATA"})
    void a_reply_without_end_ends_the_attempt(At at) throws Exception {
        server.next(at, ScriptedSmtpServer.flood(at == At.CONNECT ? "220-" : "250-"));

        AttemptReport report = deliver(open(plain()));

        assertThat(report.outcome()).isInstanceOf(Retryable.class);
        assertThat(fault(report).code()).isEqualTo("invalid_response");
        assertThat(deliver(open(plain())).outcome()).isEqualTo(new Delivered());
    }

    @Test
    void the_answer_to_a_message_may_take_longer_than_that_to_a_command() throws Exception {
        Policy policy =
                Samples.policy(Kind.EMAIL, Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofSeconds(10));
        server.next(At.MESSAGE, connection -> {
            Thread.sleep(1_500);
            return ScriptedSmtpServer.reply("250 2.0.0 looked into").play(connection);
        });

        assertThat(deliver(open(plain(), policy)).outcome()).isEqualTo(new Delivered());
    }

    @Test
    void a_delivery_counts_even_if_the_answer_breaks_off() throws Exception {
        server.next(At.MESSAGE, ScriptedSmtpServer.farewell("250-2.0.0 queued"));

        assertThat(deliver(open(plain())).outcome()).isEqualTo(new Delivered());
        assertThat(deliver(open(plain())).outcome()).isEqualTo(new Delivered());
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void a_server_that_takes_no_more_bytes_is_given_up() throws Exception {
        Policy policy = Samples.policy(Kind.EMAIL, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(2));
        Sink sink = open(with("text", "see", "attach", "true"), policy);
        server.next(At.DATA, connection -> {
            connection.send("354 go ahead\r\n");
            return ScriptedSmtpServer.hang().play(connection);
        });

        AttemptReport report = deliver(sink, Samples.attempt("d-1", Bytes.of(new byte[10 << 20])));

        assertThat(report.outcome()).isInstanceOf(Retryable.class);
        assertThat(fault(report).code()).isEqualTo("send_timeout");
    }

    // --- connections that are kept ----------------------------------------------------------------------------------

    @Test
    void a_connection_takes_several_messages() throws Exception {
        Sink sink = open(plain());
        for (int i = 0; i < 10; i++) {
            assertThat(deliver(sink).outcome()).isEqualTo(new Delivered());
        }

        assertThat(server.connections()).isEqualTo(1);
        assertThat(totals().created()).isEqualTo(1);
        assertThat(totals().reused()).isEqualTo(9);
        assertThat(client.use().idle()).isEqualTo(1);
    }

    @Test
    void and_no_more_than_it_may() throws Exception {
        Sink sink = open(with("connection.max.messages", "3"));
        for (int i = 0; i < 7; i++) {
            assertThat(deliver(sink).outcome()).isEqualTo(new Delivered());
        }

        assertThat(server.connections()).isEqualTo(3);
        assertThat(server.commands()).filteredOn("QUIT"::equals).hasSize(2);
    }

    @Test
    void an_old_connection_is_left() throws Exception {
        client.close();
        client = new SmtpClient(dialer, new PoolLimits(5, 5, Duration.ofMinutes(1), Duration.ofNanos(1)));
        Sink sink = open(plain());

        deliver(sink);
        deliver(sink);

        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void logins_share_no_connection() throws Exception {
        try (ScriptedSmtpServer secure =
                ScriptedSmtpServer.startTls(TestCertificate.valid().context())) {
            secure.require("one", "secret-of-one");
            Map<String, String> one = settings(secure, "tls");
            one.put("tls.ca", TestCertificate.valid().pem());
            one.put("username", "one");
            one.put("password", secrets.put("one", "secret-of-one"));
            Map<String, String> two = new HashMap<>(one);
            two.put("username", "two");
            two.put("password", secrets.put("two", "secret-of-two"));

            assertThat(deliver(open(one)).outcome()).isEqualTo(new Delivered());
            assertThat(deliver(open(one)).outcome()).isEqualTo(new Delivered());
            assertThat(secure.connections()).isEqualTo(1);
            AttemptReport report = deliver(open(two));

            assertThat(report.outcome()).isInstanceOf(Permanent.class);
            assertThat(fault(report).category()).isEqualTo(ErrorCategory.AUTHENTICATION);
            assertThat(report.responseCode()).isEqualTo(535);
            assertThat(report.toString()).doesNotContain("secret-of");
            assertThat(secure.connections()).isEqualTo(2);
        }
    }

    @Test
    void a_connection_that_was_idle_is_asked_whether_it_is_well() throws Exception {
        try (SmtpConnectionOf of = SmtpConnectionOf.open(dialer, server)) {
            SmtpConnection connection = of.connection();
            assertThat(connection.isUsable(Duration.ZERO)).isTrue();
            assertThat(server.commands()).doesNotContain("NOOP");
            assertThat(connection.isUsable(SmtpConnection.ASK_WHEN_IDLE)).isTrue();
            assertThat(server.commands()).contains("NOOP");

            server.next(At.NOOP, ScriptedSmtpServer.farewell("421 4.4.2 idle for too long"));
            assertThat(connection.isUsable(SmtpConnection.ASK_WHEN_IDLE)).isFalse();
        }
    }

    @Test
    void a_busy_server_lets_others_wait_and_charges_nobody() throws Exception {
        client.close();
        client = new SmtpClient(dialer, new PoolLimits(1, 1, Duration.ofMinutes(1), Duration.ofMinutes(1)));
        Policy policy =
                Samples.policy(Kind.EMAIL, Duration.ofMillis(200), Duration.ofSeconds(10), Duration.ofSeconds(10));
        Sink sink = open(plain(), policy);
        server.next(At.MESSAGE, ScriptedSmtpServer.hang());
        FutureTask<AttemptReport> first = new FutureTask<>(() -> deliver(sink));
        Thread.ofVirtual().start(first);
        await().until(() -> client.use().inUse() == 1);

        assertThat(deliver(sink).outcome()).isInstanceOf(OurFault.class);

        sink.close();
        assertThat(first.get(10, TimeUnit.SECONDS).outcome()).isInstanceOf(Ambiguous.class);
    }

    // --- TLS --------------------------------------------------------------------------------------------------------

    private Map<String, String> secured(ScriptedSmtpServer secure) {
        Map<String, String> settings = settings(secure, "starttls");
        settings.put("tls.ca", TestCertificate.valid().pem());
        settings.put("username", "robot");
        settings.put("password", secrets.put("robot", "hunter2"));
        return settings;
    }

    @ParameterizedTest
    @CsvSource({"auto, AUTH PLAIN AHJvYm90AGh1bnRlcjI=", "plain, AUTH PLAIN AHJvYm90AGh1bnRlcjI=", "login, AUTH LOGIN"})
    void credentials_come_after_tls(String auth, String command) throws Exception {
        try (ScriptedSmtpServer secure =
                ScriptedSmtpServer.startWithStartTls(TestCertificate.valid().context())) {
            secure.require("robot", "hunter2");
            Map<String, String> settings = secured(secure);
            settings.put("auth", auth);

            AttemptReport report = deliver(open(settings));

            assertThat(report.outcome()).isEqualTo(new Delivered());
            assertThat(secure.commands().subList(0, 4))
                    .containsExactly("EHLO [127.0.0.1]", "STARTTLS", "EHLO [127.0.0.1]", command);
            assertThat(report.phases().tls()).isNotNull();
        }
    }

    @Test
    void nothing_is_sent_without_tls_if_it_is_not_offered() throws Exception {
        Map<String, String> settings = secured(server);

        AttemptReport report = deliver(open(settings));

        assertThat(report.outcome()).isInstanceOf(Permanent.class);
        assertThat(fault(report).code()).isEqualTo("starttls_not_offered");
        assertThat(server.commands()).isSubsetOf("EHLO [127.0.0.1]", "QUIT");
    }

    @Test
    void what_was_said_before_tls_does_not_count_after_it() throws Exception {
        try (ScriptedSmtpServer secure =
                ScriptedSmtpServer.startWithStartTls(TestCertificate.valid().context())) {
            secure.next(At.STARTTLS, ScriptedSmtpServer.reply("220 go ahead\r\n250 AUTH PLAIN"));

            AttemptReport report = deliver(open(secured(secure)));

            assertThat(report.outcome()).isInstanceOf(Permanent.class);
            assertThat(fault(report).code()).isEqualTo("starttls_injected");
        }
    }

    @Test
    void a_server_may_ask_who_we_are_by_certificate() throws Exception {
        try (ScriptedSmtpServer mutual =
                ScriptedSmtpServer.startMutual(TestCertificate.valid().contextForClientsOf(TestIdentity.authority()))) {
            Map<String, String> nobody = settings(mutual, "tls");
            nobody.put("tls.ca", TestCertificate.valid().pem());
            Map<String, String> anna = new HashMap<>(nobody);
            anna.put("tls.cert", TestIdentity.anna().chain());
            anna.put("tls.key", secrets.put("anna", TestIdentity.anna().key()));

            assertThat(deliver(open(anna)).outcome()).isEqualTo(new Delivered());
            assertThat(deliver(open(anna)).outcome()).isEqualTo(new Delivered());
            assertThat(mutual.connections()).isEqualTo(1);
            assertThat(deliver(open(nobody)).outcome()).isInstanceOf(Failed.class);
            assertThat(mutual.received()).hasSize(2);
            ConnectionReport report = open(nobody).test();
            assertThat(error(report)).isIn(ConnectionError.TLS_CLIENT_CERTIFICATE, ConnectionError.CONNECT_FAILED);
        }
        refused("security", "tls.cert", TestIdentity.anna().chain(), "tls.key", secrets.put("k", "x"));
    }

    // --- the connection test ----------------------------------------------------------------------------------------

    private static ConnectionError error(ConnectionReport report) {
        assertThat(report.problem()).isNotNull();
        assertThat(report.problem().hint()).isNotBlank();
        assertThat(report.checks().getLast().passed()).isFalse();
        return report.problem().error();
    }

    private static ConnectionReport.Problem problem(ConnectionReport report) {
        return Objects.requireNonNull(report.problem());
    }

    private static List<String> checks(ConnectionReport report) {
        return report.checks().stream().map(ConnectionReport.Check::name).toList();
    }

    @Test
    void a_test_goes_all_the_way_and_sends_nothing() throws Exception {
        try (ScriptedSmtpServer secure =
                ScriptedSmtpServer.startWithStartTls(TestCertificate.valid().context())) {
            secure.require("robot", "hunter2");

            ConnectionReport report = open(secured(secure)).test();

            assertThat(report.success()).isTrue();
            assertThat(checks(report))
                    .containsExactly(
                            "resolve",
                            "connect",
                            "greeting",
                            "ehlo",
                            "starttls",
                            "authenticate",
                            "noop",
                            "sender",
                            "recipients");
            assertThat(report.details())
                    .containsEntry("tlsVersion", "TLSv1.3")
                    .containsEntry("sizeLimit", "52428800")
                    .containsEntry("authMechanisms", "LOGIN PLAIN")
                    .containsEntry("security", "starttls")
                    .containsKeys("certificateExpires", "remoteAddress", "host", "port");
            assertThat(report.phases())
                    .containsOnlyKeys(
                            ConnectionReport.Phase.DNS,
                            ConnectionReport.Phase.CONNECT,
                            ConnectionReport.Phase.TLS,
                            ConnectionReport.Phase.AUTHENTICATE,
                            ConnectionReport.Phase.PROBE);
            assertThat(secure.received()).isEmpty();
            await().until(() -> secure.commands().getLast().equals("QUIT"));
            assertThat(secure.commands()).contains("NOOP", "RSET").doesNotContain("DATA");
            assertThat(report.toString()).doesNotContain("hunter2", "AGh1bnRlcjI=");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "CONNECT, 421 4.7.0 too many, greeting, RATE_LIMITED",
        "CONNECT, 421 4.3.2 later, greeting, UNAVAILABLE",
        "CONNECT, 554 5.7.1 blocked, greeting, REJECTED",
        "CONNECT, SSH-2.0-OpenSSH_9.2, greeting, PROTOCOL_ERROR",
        "EHLO, 550 no, ehlo, REJECTED",
        "NOOP, 421 4.3.2 later, noop, UNAVAILABLE",
        "MAIL, 550 5.7.60 not yours, sender, PERMISSION_DENIED",
        "RCPT, 550 5.1.1 nobody, recipients, NOT_FOUND",
        "RCPT, 550 5.7.1 no relay, recipients, PERMISSION_DENIED",
        "RCPT, 452 4.2.2 full, recipients, NO_SPACE"
    })
    void a_test_names_the_step_that_failed(At at, String reply, String step, ConnectionError error) throws Exception {
        server.next(at, ScriptedSmtpServer.reply(reply));

        ConnectionReport report = open(plain()).test();

        assertThat(error(report)).isEqualTo(error);
        assertThat(report.checks().getLast().name()).isEqualTo(step);
    }

    @Test
    void a_test_tells_wrong_credentials_and_missing_ones() throws Exception {
        try (ScriptedSmtpServer secure =
                ScriptedSmtpServer.startWithStartTls(TestCertificate.valid().context())) {
            secure.require("robot", "another");
            ConnectionReport wrong = open(secured(secure)).test();
            assertThat(error(wrong)).isEqualTo(ConnectionError.AUTH_FAILED);
            assertThat(checks(wrong)).endsWith("authenticate");
            assertThat(problem(wrong).providerCode()).isEqualTo("535 5.7.8");

            secrets.becomeUnavailable();
            assertThat(error(open(secured(secure)).test())).isEqualTo(ConnectionError.SECRET_UNAVAILABLE);
        }
    }

    @Test
    void a_test_tells_what_is_wrong_with_the_way() throws Exception {
        assertThat(error(open(with("host", UNKNOWN)).test())).isEqualTo(ConnectionError.DNS_FAILED);
        assertThat(error(open(with("host", "10.0.0.1")).test())).isEqualTo(ConnectionError.EGRESS_DENIED);
        ConnectionReport refused =
                open(with("port", Integer.toString(closedPort()))).test();
        assertThat(error(refused)).isEqualTo(ConnectionError.CONNECT_REFUSED);
        assertThat(checks(refused)).containsExactly("resolve", "connect");
        Policy policy =
                Samples.policy(Kind.EMAIL, Duration.ofSeconds(2), Duration.ofMillis(300), Duration.ofSeconds(3));
        server.next(At.CONNECT, ScriptedSmtpServer.hang());
        ConnectionReport silent = open(plain(), policy).test();
        assertThat(error(silent)).isEqualTo(ConnectionError.TIMEOUT);
        assertThat(checks(silent)).containsExactly("resolve", "connect", "greeting");
        ConnectionReport clear = open(secured(server)).test();
        assertThat(error(clear)).isEqualTo(ConnectionError.TLS_FAILED);
        assertThat(problem(clear).hint()).contains("587");
    }

    private static int closedPort() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return listener.getLocalPort();
        }
    }

    @Test
    void a_test_tells_what_is_wrong_with_tls() throws Exception {
        assertThat(testOf(TestCertificate.expired(), null)).isEqualTo(ConnectionError.TLS_EXPIRED);
        TestCertificate other = TestCertificate.forAnotherName();
        assertThat(testOf(other, null)).isEqualTo(ConnectionError.TLS_NAME_MISMATCH);
        assertThat(testOf(other, "other.example")).isNull();
        try (ScriptedSmtpServer secure =
                ScriptedSmtpServer.startWithStartTls(TestCertificate.valid().context())) {
            ConnectionReport report = open(settings(secure, "starttls")).test();
            assertThat(error(report)).isEqualTo(ConnectionError.TLS_UNTRUSTED);
            assertThat(checks(report)).endsWith("ehlo", "starttls");
        }
    }

    private @Nullable ConnectionError testOf(TestCertificate certificate, @Nullable String name) throws Exception {
        try (ScriptedSmtpServer secure = ScriptedSmtpServer.startTls(certificate.context())) {
            Map<String, String> settings = settings(secure, "tls");
            settings.put("tls.ca", certificate.pem());
            if (name != null) {
                settings.put("tls.server.name", name);
            }
            ConnectionReport report = open(settings).test();
            return report.success() ? null : error(report);
        }
    }

    // --- settings ---------------------------------------------------------------------------------------------------

    private void refused(String message, String... more) {
        assertThatThrownBy(() -> open(with(more)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }

    @Test
    void settings_that_cannot_work_are_refused() {
        refused("host", "host", "mail example");
        refused("host", "host", "mail\r\nRSET");
        refused("port", "port", "65536");
        refused("security", "security", "ssl");
        refused("ehlo.name", "ehlo.name", "a b");
        refused("envelope.from", "envelope.from", "a@example.com, b@example.com");
        refused("recipients.refused", "recipients.refused", "maybe");
        refused("connection.max.messages", "connection.max.messages", "0");
        refused("password: is required", "security", "tls", "username", "robot");
        refused("username: is required", "security", "tls", "password", secrets.put("p", "x"));
        refused("username: is required", "security", "tls", "auth", "plain");
        refused("needs security", "username", "robot", "password", secrets.put("p", "x"));
        refused("no use", "security", "tls", "auth", "none", "username", "robot");
        refused("reference", "security", "tls", "username", "robot", "password", "hunter2");
        refused("at most 100", "to", "a@example.com,".repeat(100) + "b@example.com");
    }

    @ParameterizedTest
    @CsvSource({"starttls, 587", "tls, 465", "none, 25"})
    void the_port_is_the_usual_one_of_the_security(String security, int port) {
        Map<String, String> settings = with("security", security);
        settings.remove("port");

        assertThat(SmtpSettings.bind(Samples.destination(Kind.EMAIL, "smtp", settings), secrets)
                        .port())
                .isEqualTo(port);
    }

    @ParameterizedTest
    @CsvSource({"starttls, true", "tls, true", "none, false", "ssl, false"})
    void whether_it_is_encrypted(String security, boolean encrypted) {
        assertThat(SmtpSettings.isEncrypted(Samples.destination(Kind.EMAIL, "smtp", with("security", security))))
                .isEqualTo(encrypted);
        Map<String, String> settings = plain();
        settings.remove("security");
        assertThat(SmtpSettings.isEncrypted(Samples.destination(Kind.EMAIL, "smtp", settings)))
                .isTrue();
    }
}
