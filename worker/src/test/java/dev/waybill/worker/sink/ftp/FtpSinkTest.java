package dev.waybill.worker.sink.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Outcome.Delivered;
import dev.waybill.topology.policy.Outcome.Failed;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.topology.policy.Outcome.Throttled;
import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.transfer.FaultyProxy;
import dev.waybill.worker.sink.transfer.RemoteException.Reason;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the contract does not know: replies, passive hosts, connections kept.
class FtpSinkTest {

    @TempDir
    Path root;

    private final FakeSecrets secrets = new FakeSecrets();
    private final Dialer dialer = new Dialer(new EgressGuard(List.of("127.0.0.1"), NameResolver.system()));
    private final FtpProvider provider = new FtpProvider(dialer, secrets, InstantSource.system());
    private final Map<String, String> settings = new HashMap<>();
    private final List<Sink> opened = new ArrayList<>();
    private ScriptedFtpServer server;
    private FaultyProxy proxy;

    @BeforeEach
    void start() throws IOException {
        server = ScriptedFtpServer.start(root);
        proxy = FaultyProxy.to(server.port());
        settings.putAll(Map.of(
                "host",
                "127.0.0.1",
                "port",
                Integer.toString(proxy.port()),
                "user",
                ScriptedFtpServer.USER,
                "password",
                secrets.put("password", "secret"),
                "tls",
                "none"));
    }

    @AfterEach
    void stop() throws IOException {
        opened.forEach(Sink::close);
        provider.close();
        dialer.close();
        proxy.close();
        server.close();
    }

    private Sink open() {
        Duration timeout = Duration.ofSeconds(5);
        Sink sink = provider.open(Samples.destination(
                Kind.TRANSFER, "ftp", settings, Samples.policy(Kind.TRANSFER, timeout, timeout, timeout)));
        opened.add(sink);
        return sink;
    }

    private static AttemptReport deliver(Sink sink, String id, String body) throws Exception {
        return Samples.onVirtualThread(() -> sink.deliver(Samples.attempt(id, Samples.body(body))));
    }

    private static void assertCode(AttemptReport report, Class<? extends Outcome> outcome, String code) {
        assertThat(report.outcome()).isInstanceOf(outcome);
        assertThat(((Failed) report.outcome()).fault().code()).isEqualTo(code);
    }

    @Test
    void replies_by_their_codes() {
        Map.ofEntries(
                        Map.entry(421, Reason.BUSY),
                        Map.entry(425, Reason.FAILED),
                        Map.entry(426, Reason.FAILED),
                        Map.entry(450, Reason.BUSY),
                        Map.entry(451, Reason.FAILED),
                        Map.entry(452, Reason.NO_SPACE),
                        Map.entry(500, Reason.UNSUPPORTED),
                        Map.entry(502, Reason.UNSUPPORTED),
                        Map.entry(522, Reason.UNSUPPORTED),
                        Map.entry(530, Reason.NOT_LOGGED_IN),
                        Map.entry(550, Reason.PERMISSION_DENIED),
                        Map.entry(551, Reason.REFUSED),
                        Map.entry(552, Reason.QUOTA),
                        Map.entry(553, Reason.REFUSED))
                .forEach((code, reason) ->
                        assertThat(FtpReply.reason(code)).as(code.toString()).isEqualTo(reason));
    }

    @Test
    void what_a_refused_file_means() throws Exception {
        Sink sink = open();
        server.refuse("452 full", false, _ -> true);
        assertCode(deliver(sink, "d-1", "x"), Retryable.class, "ftp_no_space");
        server.refuse("552 quota", false, _ -> true);
        assertCode(deliver(sink, "d-1", "x"), Permanent.class, "ftp_quota_exceeded");
        server.refuse("553 name", false, _ -> true);
        assertCode(deliver(sink, "d-1", "x"), Permanent.class, "ftp_refused");
        server.refuse("450 busy", false, _ -> true);
        assertCode(deliver(sink, "d-1", "x"), Retryable.class, "ftp_busy");
        server.refuse("550 no", false, _ -> true);
        assertCode(deliver(sink, "d-1", "x"), Permanent.class, "ftp_permission_denied");
        settings.put("directory", "missing");
        assertCode(deliver(open(), "d-1", "x"), Permanent.class, "ftp_not_found");
    }

    @Test
    void a_server_with_too_many_connections_asks_for_less() throws Exception {
        server.greet("421 too many");

        assertCode(deliver(open(), "d-1", "x"), Throttled.class, "ftp_too_many_connections");
    }

    @Test
    void a_data_connection_goes_to_no_other_host() throws Exception {
        server.sayPassiveHost("192.0.2.1");

        assertThat(deliver(open(), "d-1", "x").outcome()).isEqualTo(new Delivered());
        assertThat(root.resolve("d-1")).hasContent("x");
    }

    @Test
    void only_passive_connections_are_made() throws Exception {
        deliver(open(), "d-1", "x");

        assertThat(server.commands()).noneMatch(line -> line.startsWith("PORT") || line.startsWith("EPRT"));
    }

    @Test
    void a_connection_is_kept_and_one_that_ended_meanwhile_replaced() throws Exception {
        Sink sink = open();
        deliver(sink, "d-1", "x");
        deliver(sink, "d-2", "x");
        assertThat(proxy.accepted()).isEqualTo(1);

        proxy.cut();
        assertThat(deliver(sink, "d-3", "x").outcome()).isEqualTo(new Delivered());
        assertThat(proxy.accepted()).isEqualTo(2);
    }

    @Test
    void a_reply_without_an_end_is_none() throws Exception {
        server.refuse("150-" + "x".repeat(100) + "\r\n" + "150-more\r\n".repeat(10_000), false, _ -> true);

        assertCode(deliver(open(), "d-1", "x"), Retryable.class, "ftp_connection_lost");
    }

    @Test
    void replies_of_ordinary_length_are_read() throws IOException {
        String text = "230-" + "x".repeat(ReplyReader.REPLY_MAX / 2) + "\r\n230 in\r\n";
        try (ReplyReader reader = new ReplyReader(new StringReader(text + text + "221"))) {
            assertThat(reader.readLine()).startsWith("230-x");
            assertThat(reader.readLine()).isEqualTo("230 in");
            assertThat(reader.readLine()).startsWith("230-x");
            assertThat(reader.readLine()).isEqualTo("230 in");
            assertThat(reader.readLine()).isEqualTo("221");
            assertThat(reader.readLine()).isNull();
        }
    }

    @Test
    void a_password_with_a_line_break_is_no_second_command() throws Exception {
        secrets.rotate("password", "secret\r\nDELE d-1");

        assertCode(deliver(open(), "d-1", "x"), Permanent.class, "ftp_login_failed");
        assertThat(server.commands()).isEmpty();
    }

    @Test
    void a_server_that_has_no_tls_is_not_logged_in_to() throws Exception {
        settings.put("tls", "explicit");

        assertCode(deliver(open(), "d-1", "x"), Permanent.class, "ftp_tls_not_offered");
        assertThat(server.commands()).noneMatch(line -> line.startsWith("USER") || line.startsWith("PASS"));
    }

    @Test
    void what_is_encrypted() {
        assertThat(isEncrypted(Map.of())).isTrue();
        assertThat(isEncrypted(Map.of("tls", "implicit"))).isTrue();
        assertThat(isEncrypted(Map.of("tls", "none"))).isFalse();
        assertThat(isEncrypted(Map.of("tls", "what"))).isFalse();
    }

    private boolean isEncrypted(Map<String, String> given) {
        return provider.isEncrypted(Samples.destination(Kind.TRANSFER, "ftp", given));
    }

    @Test
    void settings_that_cannot_work_are_refused() {
        for (Map<String, String> wrong : List.of(
                Map.of("port", "0"),
                Map.of("port", "65536"),
                Map.of("user", "a\r\nb"),
                Map.of("host", " "),
                Map.of("tls", "maybe"),
                Map.of("tls.ca", "none"),
                Map.of("connections.max", "0"),
                Map.of("connections.max", "33"),
                Map.of("password", "plain"))) {
            Map<String, String> all = new HashMap<>(settings);
            all.putAll(wrong);
            assertThatThrownBy(() -> provider.open(Samples.destination(Kind.TRANSFER, "ftp", all)))
                    .as(wrong.toString())
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(wrong.keySet().iterator().next());
        }
    }

    @Test
    void a_file_is_whole_or_not_there() throws Exception {
        Sink sink = open();
        deliver(sink, "d-0", "x");
        server.refuse("451 no", true, name -> name.startsWith("d-1."));

        assertThat(deliver(sink, "d-1", "x").outcome()).isInstanceOf(Retryable.class);
        assertThat(Files.exists(root.resolve("d-1"))).isFalse();
        assertThat(deliver(sink, "d-1", "x").outcome()).isEqualTo(new Delivered());
    }
}
