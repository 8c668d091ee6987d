package dev.waybill.worker.sink.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.policy.Outcome.Delivered;
import dev.waybill.topology.policy.Outcome.Failed;
import dev.waybill.topology.policy.Outcome.Permanent;
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
import dev.waybill.worker.sink.tls.TestCertificate;
import jakarta.mail.internet.InternetAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// With the mail server that most of the world runs, as far as into a mailbox.
@Tag("debian")
class SmtpPostfixTest {

    private static @Nullable Postfix postfix;

    private final FakeSecrets secrets = new FakeSecrets();
    private final Dialer dialer = new Dialer(new EgressGuard(List.of("127.0.0.1"), NameResolver.system()));
    private final SmtpClient client = new SmtpClient(dialer, SmtpLimits.DEFAULT);
    private final HttpClient http = new HttpClient(dialer, HttpLimits.DEFAULT);
    private final List<Sink> sinks = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        postfix = Postfix.start();
    }

    @AfterAll
    static void stop() throws Exception {
        if (postfix != null) {
            postfix.close();
        }
    }

    @AfterEach
    void close() {
        sinks.forEach(Sink::close);
        client.close();
        http.close();
        dialer.close();
    }

    private static Postfix postfix() {
        if (postfix == null) {
            throw new IllegalStateException("not started");
        }
        return postfix;
    }

    private Map<String, String> settings(Security security) {
        Map<String, String> settings = new HashMap<>();
        settings.put("host", "127.0.0.1");
        settings.put("port", Integer.toString(postfix().port(security)));
        settings.put("security", security.wireName());
        settings.put("tls.ca", TestCertificate.valid().pem());
        settings.put("username", Postfix.USER);
        settings.put("password", secrets.put("password", Postfix.PASSWORD));
        settings.put("from", "Jürgen Müller <us@" + Postfix.DOMAIN + ">");
        settings.put("to", "Büro Süd <you@" + Postfix.DOMAIN + ">");
        settings.put("subject", "{{payload.type}}");
        settings.put("text", "Grüße aus München. 🚚\n.\n..\nEnde");
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

    private static AttemptReport deliver(Sink sink, String id, byte[] bytes) throws Exception {
        Payload payload =
                new Payload("Größe 🚚 der Lieferung " + id, "application/pdf", Bytes.of(bytes), null, "月次レポート.pdf");
        return Samples.onVirtualThread(() -> sink.deliver(Samples.attempt(id, payload, Map.of())));
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @EnumSource(
            value = Security.class,
            names = {"STARTTLS", "TLS"})
    void ten_mebibytes_with_a_japanese_name_arrive_byte_by_byte(Security security) throws Exception {
        byte[] bytes = random(10 << 20);
        String id = "d-large-" + security.wireName();

        AttemptReport report = deliver(open(settings(security)), id, bytes);

        assertThat(report.outcome()).isEqualTo(new Delivered());
        assertThat(report.responseExcerpt()).startsWith("250 2.0.0 Ok: queued as ");
        ReceivedMail mail = ReceivedMail.of(postfix().delivered(id));
        assertThat(Arrays.equals(mail.attachment().array(), bytes)).isTrue();
        assertThat(mail.part(1).getFileName()).isEqualTo("月次レポート.pdf");
        assertThat(mail.message().getSubject()).isEqualTo("Größe 🚚 der Lieferung " + id);
        assertThat(((InternetAddress) mail.message().getFrom()[0]).getPersonal())
                .isEqualTo("Jürgen Müller");
        assertThat(((InternetAddress) mail.message().getAllRecipients()[0]).getPersonal())
                .isEqualTo("Büro Süd");
        assertThat(ReceivedMail.text(mail.part(0)).replace("\r\n", "\n"))
                .isEqualTo("Grüße aus München. 🚚\n.\n..\nEnde");
        assertThat(mail.message().getMessageID())
                .isEqualTo("<" + id + ".00000000-0000-0000-0000-000000000001@example.test>");
    }

    @Test
    void a_sender_in_unicode_arrives() throws Exception {
        Map<String, String> settings = settings(Security.STARTTLS);
        settings.put("from", "jürgen@" + Postfix.DOMAIN);

        assertThat(deliver(open(settings), "d-unicode", random(10)).outcome()).isEqualTo(new Delivered());
        assertThat(new String(postfix().delivered("d-unicode"), StandardCharsets.UTF_8))
                .contains("From: jürgen@example.test");
    }

    @Test
    void connections_are_kept_and_a_restart_of_the_server_is_not_noticed() throws Exception {
        Sink sink = open(settings(Security.STARTTLS));
        for (int i = 0; i < 20; i++) {
            assertThat(deliver(sink, "d-many-" + i, random(10)).outcome()).isEqualTo(new Delivered());
        }
        assertThat(client.use().totals().created()).isEqualTo(1);

        postfix().restart();

        assertThat(deliver(sink, "d-after", random(10)).outcome()).isEqualTo(new Delivered());
        assertThat(client.use().totals().created()).isEqualTo(2);
    }

    @Test
    void refusals_are_known_for_what_they_are() throws Exception {
        Map<String, String> nobody = settings(Security.STARTTLS);
        nobody.put("to", "nobody@" + Postfix.DOMAIN);
        AttemptReport report = deliver(open(nobody), "d-nobody", random(10));
        assertThat(report.outcome()).isInstanceOf(Permanent.class);
        assertThat(((Failed) report.outcome()).fault().message())
                .isEqualTo("the server refused a recipient (550 5.1.1)");
        ConnectionReport test = open(nobody).test();
        assertThat(test.problem()).isNotNull();
        assertThat(test.problem().error()).isEqualTo(ConnectionError.NOT_FOUND);

        Map<String, String> anonymous = settings(Security.STARTTLS);
        anonymous.remove("username");
        anonymous.remove("password");
        assertThat(deliver(open(anonymous), "d-anonymous", random(10)).outcome())
                .isInstanceOf(Permanent.class);

        Map<String, String> wrong = settings(Security.STARTTLS);
        secrets.rotate("password", "wrong");
        AttemptReport stranger = deliver(open(wrong), "d-wrong", random(10));
        assertThat(stranger.outcome()).isInstanceOf(Permanent.class);
        assertThat(stranger.responseCode()).isEqualTo(535);
    }

    @Test
    void a_test_goes_all_the_way() throws Exception {
        ConnectionReport report = open(settings(Security.STARTTLS)).test();

        assertThat(report.problem()).isNull();
        assertThat(report.details())
                .containsEntry("sizeLimit", Integer.toString(Postfix.SIZE))
                .containsEntry("authMechanisms", "LOGIN PLAIN");
    }
}
