package dev.waybill.worker.sink.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Outcome.Delivered;
import dev.waybill.topology.policy.Outcome.Failed;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.ConnectionReport.Permission;
import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.transfer.FaultyProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.sftp.common.SftpConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the contract does not know: keys, sessions, and failures told apart.
class SftpSinkTest {

    private static final String PASSWORD = "the-password";

    @TempDir
    Path root;

    private final FakeSecrets secrets = new FakeSecrets();
    private final NameResolver names = host -> {
        if (host.endsWith(".invalid")) {
            throw new UnknownHostException(host);
        }
        return List.of(InetAddress.getAllByName(host));
    };
    private final Dialer dialer = new Dialer(new EgressGuard(List.of("localhost", "127.0.0.1"), names));
    private final SftpProvider provider = new SftpProvider(dialer, secrets, InstantSource.system());
    private final List<Sink> opened = new ArrayList<>();
    private final Map<String, String> settings = new HashMap<>();
    private ScriptedSftpServer server;
    private FaultyProxy proxy;

    @BeforeEach
    void start() throws IOException {
        server = ScriptedSftpServer.start(root);
        server.acceptPassword(PASSWORD);
        proxy = FaultyProxy.to(server.port());
        settings.putAll(Map.of(
                "host",
                "127.0.0.1",
                "port",
                Integer.toString(proxy.port()),
                "user",
                ScriptedSftpServer.USER,
                "password",
                secrets.put("password", PASSWORD),
                "host.keys",
                ScriptedSftpServer.hostKey()));
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
        return open(Duration.ofSeconds(10));
    }

    private Sink open(Duration timeout) {
        Sink sink = provider.open(Samples.destination(
                Kind.TRANSFER, "sftp", settings, Samples.policy(Kind.TRANSFER, timeout, timeout, timeout)));
        opened.add(sink);
        return sink;
    }

    private static Attempt attempt(String id, String body) {
        return Samples.attempt(id, Samples.body(body));
    }

    private static AttemptReport deliver(Sink sink, Attempt attempt) throws Exception {
        return Samples.onVirtualThread(() -> sink.deliver(attempt));
    }

    private static void assertCode(AttemptReport report, Class<? extends Outcome> outcome, String code) {
        assertThat(report.outcome()).isInstanceOf(outcome);
        assertThat(((Failed) report.outcome()).fault().code()).isEqualTo(code);
    }

    private static ConnectionReport.Problem problem(ConnectionReport report) {
        return Objects.requireNonNull(report.problem());
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(root)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    // --- who is who

    @Test
    void a_server_with_another_key_gets_nothing() throws Exception {
        settings.put("host.keys", "SHA256:" + "A".repeat(43));

        AttemptReport report = deliver(open(), attempt("d-1", "x"));

        assertCode(report, Permanent.class, "sftp_host_key_mismatch");
        assertThat(report.toString()).contains(ScriptedSftpServer.hostKey());
        assertThat(names()).isEmpty();
        ConnectionReport test = open().test();
        assertThat(problem(test).error()).isEqualTo(ConnectionError.HOST_KEY_MISMATCH);
        assertThat(problem(test).message()).contains(ScriptedSftpServer.hostKey());
    }

    @Test
    void a_server_without_a_key_of_the_known_type_is_another_one() throws Exception {
        settings.put("host.keys", "ssh-ed25519 SHA256:" + "A".repeat(43));

        assertCode(deliver(open(), attempt("d-1", "x")), Permanent.class, "sftp_host_key_mismatch");
    }

    @Test
    void a_wrong_password_is_for_good() throws Exception {
        secrets.rotate("password", "another");

        AttemptReport report = deliver(open(), attempt("d-1", "x"));

        assertCode(report, Permanent.class, "sftp_login_failed");
        assertThat(((Failed) report.outcome()).fault().category()).isEqualTo(ErrorCategory.AUTHENTICATION);
        assertThat(problem(open().test()).error()).isEqualTo(ConnectionError.AUTH_FAILED);
    }

    @Test
    void a_key_lets_in() throws Exception {
        KeyPair pair = ScriptedSftpServer.ecdsa();
        server.acceptKey(pair.getPublic());
        server.acceptPassword("unknown to us");
        settings.remove("password");
        settings.put("private.key", secrets.put("key", pem(pair)));

        assertThat(deliver(open(), attempt("d-1", "x")).outcome()).isEqualTo(new Delivered());
    }

    private static String pem(KeyPair pair) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "test", null, out);
        return out.toString(StandardCharsets.US_ASCII);
    }

    @Test
    void a_password_may_be_asked_for_as_if_by_a_keyboard() throws Exception {
        server.askFor("keyboard-interactive");

        assertThat(deliver(open(), attempt("d-1", "x")).outcome()).isEqualTo(new Delivered());
    }

    @Test
    void a_server_may_want_both_key_and_password() throws Exception {
        KeyPair pair = ScriptedSftpServer.ecdsa();
        server.acceptKey(pair.getPublic());
        server.askFor("publickey,password");

        assertCode(deliver(open(), attempt("d-1", "x")), Permanent.class, "sftp_login_failed");
        settings.put("private.key", secrets.put("key", pem(pair)));
        assertThat(deliver(open(), attempt("d-1", "x")).outcome()).isEqualTo(new Delivered());
    }

    @Test
    void nothing_is_sent_in_the_clear() throws Exception {
        server.encryptNothing();

        assertCode(deliver(open(), attempt("d-1", "x")), Permanent.class, "sftp_no_common_algorithm");
    }

    @Test
    void a_connection_test_disturbs_nobody() throws Exception {
        Sink sink = open();
        deliver(sink, attempt("d-0", "x"));
        assertThat(open().test().success()).isTrue();

        assertThat(proxy.accepted()).isEqualTo(2);
        assertThat(deliver(sink, attempt("d-1", "x")).outcome()).isEqualTo(new Delivered());
        assertThat(proxy.accepted()).isEqualTo(2);
    }

    @Test
    void a_key_that_cannot_be_read_is_for_good_and_not_told() throws Exception {
        settings.put("private.key", secrets.put("key", "-----BEGIN NONSENSE-----\nc2VjcmV0\n"));

        AttemptReport report = deliver(open(), attempt("d-1", "x"));

        assertCode(report, Permanent.class, "sftp_unusable_key");
        assertThat(report.toString()).doesNotContain("NONSENSE", "c2VjcmV0");
    }

    @Test
    void a_secret_that_is_away_is_our_fault() throws Exception {
        secrets.becomeUnavailable();

        assertThat(deliver(open(), attempt("d-1", "x")).outcome()).isInstanceOf(Outcome.OurFault.class);
    }

    // --- settings

    @Test
    void settings_that_cannot_work_are_refused() {
        for (Map<String, String> wrong : List.of(
                Map.of("host.keys", "any"),
                Map.of("port", "0"),
                Map.of("port", "65536"),
                Map.of("directory", "a/../b"),
                Map.of("filename", "a/b"),
                Map.of("permissions", "888"),
                Map.of("permissions", "1000"),
                Map.of("part.suffix", "/x"),
                Map.of("on.exists", "append"),
                Map.of("verify", "crc"),
                Map.of("channels.max", "0"),
                Map.of("channels.max", "65"),
                Map.of("user", " "),
                Map.of("password", "not-a-reference"),
                Map.of("private.key.passphrase", "${fake:p}"),
                Map.of("unknown", "x"))) {
            Map<String, String> all = new HashMap<>(settings);
            all.putAll(wrong);
            assertThatThrownBy(() -> provider.open(Samples.destination(Kind.TRANSFER, "sftp", all)))
                    .as(wrong.toString())
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(wrong.keySet().iterator().next())
                    .hasMessageNotContaining("not-a-reference");
        }
        for (Map<String, String> right : List.of(
                Map.of("port", "1"),
                Map.of("port", "65535"),
                Map.of("permissions", "777"),
                Map.of("permissions", "0"))) {
            Map<String, String> all = new HashMap<>(settings);
            all.putAll(right);
            provider.open(Samples.destination(Kind.TRANSFER, "sftp", all)).close();
        }
        settings.remove("password");
        assertThatThrownBy(this::open).isInstanceOf(ConfigException.class).hasMessageContaining("private.key");
    }

    // --- sessions

    @Test
    void several_files_share_one_session_and_its_channels_are_kept() throws Exception {
        Sink sink = open();
        deliver(sink, attempt("d-0", "x"));
        for (int i = 1; i < 10; i++) {
            assertThat(deliver(sink, attempt("d-" + i, "x")).outcome()).isEqualTo(new Delivered());
        }

        assertThat(proxy.accepted()).isEqualTo(1);
        assertThat(server.channels()).isEqualTo(1);
    }

    @Test
    void a_session_that_ended_meanwhile_costs_nothing_but_time() throws Exception {
        Sink sink = open();
        deliver(sink, attempt("d-0", "x"));
        proxy.cut();

        assertThat(deliver(sink, attempt("d-1", "x")).outcome()).isEqualTo(new Delivered());
        assertThat(proxy.accepted()).isEqualTo(2);
    }

    // --- files

    @Test
    void an_upload_that_broke_off_is_continued() throws Exception {
        byte[] random = new byte[6 << 20];
        new Random(7).nextBytes(random);
        Sink sink = open();
        deliver(sink, attempt("d-0", "x"));
        proxy.cutAfter(4 << 20);

        AttemptReport broken = deliver(sink, Samples.attempt("d-1", Bytes.of(random)));
        AttemptReport whole = broken.outcome() instanceof Retryable
                ? deliver(sink, Samples.attempt("d-1", Bytes.of(random)))
                : broken;

        assertThat(whole.outcome()).isEqualTo(new Delivered());
        assertThat(whole.bytesSent()).isBetween(1L, 5L << 20);
        assertThat(Files.readAllBytes(root.resolve("d-1"))).isEqualTo(random);
        assertThat(names()).containsExactlyInAnyOrder("d-0", "d-1");
    }

    @Test
    void a_foreign_file_is_left_alone_or_replaced() throws Exception {
        Files.writeString(root.resolve("d-1"), "foreign");

        assertCode(deliver(open(), attempt("d-1", "x")), Permanent.class, "sftp_file_exists");
        assertThat(root.resolve("d-1")).hasContent("foreign");
        settings.put("on.exists", "replace");
        assertThat(deliver(open(), attempt("d-1", "x")).outcome()).isEqualTo(new Delivered());
        assertThat(root.resolve("d-1")).hasContent("x");
    }

    @Test
    void a_server_without_extensions_does() throws Exception {
        server.offerNoExtensions();
        settings.put("on.exists", "replace");
        settings.put("verify", "hash");
        Files.writeString(root.resolve("d-1"), "foreign");

        assertThat(deliver(open(), attempt("d-1", "x")).outcome()).isEqualTo(new Delivered());
        assertThat(root.resolve("d-1")).hasContent("x");
    }

    @Test
    void everything_at_once() throws Exception {
        settings.putAll(Map.of(
                "directory", "in/{{payload.type}}",
                "filename", "{{deliveryId}}.json",
                "create.directories", "true",
                "verify", "hash",
                "checksum.file", "true",
                "permissions", "640"));

        assertThat(deliver(open(), attempt("d-1", "abc")).outcome()).isEqualTo(new Delivered());

        Path file = root.resolve("in/audit.report/d-1.json");
        assertThat(file).hasContent("abc");
        assertThat(Path.of(file + ".sha256"))
                .hasContent("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  d-1.json");
        assertThat(Files.getPosixFilePermissions(file).toString())
                .contains("OWNER_READ", "OWNER_WRITE", "GROUP_READ")
                .doesNotContain("OTHERS");
    }

    // --- connection tests

    private ConnectionError testError() throws Exception {
        ConnectionReport report = open(Duration.ofSeconds(3)).test();
        assertThat(report.success()).isFalse();
        assertThat(problem(report).hint()).isNotBlank();
        assertThat(report.toString()).doesNotContain(PASSWORD);
        return problem(report).error();
    }

    @Test
    void a_test_says_what_it_did() throws Exception {
        ConnectionReport report = open().test();

        assertThat(report.success()).isTrue();
        assertThat(report.checks())
                .extracting(ConnectionReport.Check::name)
                .containsExactly("connect", "host key", "authenticate", "directory", "write", "size", "delete");
        assertThat(report.permissions()).containsExactlyInAnyOrder(Permission.values());
        assertThat(report.details()).containsKeys("hostKey", "server", "address");
        assertThat(names()).isEmpty();
    }

    @Test
    void a_test_tells_failures_apart() throws Exception {
        settings.put("directory", "missing");
        assertThat(testError()).isEqualTo(ConnectionError.NOT_FOUND);
        settings.remove("directory");

        server.refuse(SftpConstants.SSH_FX_PERMISSION_DENIED, false, _ -> true);
        assertThat(testError()).isEqualTo(ConnectionError.PERMISSION_DENIED);
        server.refuse(SftpConstants.SSH_FX_NO_SPACE_ON_FILESYSTEM, false, _ -> true);
        assertThat(testError()).isEqualTo(ConnectionError.NO_SPACE);

        settings.put("host", "nowhere.invalid");
        assertThat(testError()).isEqualTo(ConnectionError.DNS_FAILED);
        settings.put("host", "127.0.0.2");
        assertThat(testError()).isEqualTo(ConnectionError.EGRESS_DENIED);
        settings.put("host", "127.0.0.1");
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            settings.put("port", Integer.toString(free.getLocalPort()));
        }
        assertThat(testError()).isEqualTo(ConnectionError.CONNECT_REFUSED);
    }

    @Test
    void a_server_that_speaks_something_else_is_not_logged_in_to() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
            Thread.ofVirtual().start(() -> {
                try (var client = other.accept()) {
                    client.getOutputStream()
                            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    // Gone.
                }
            });
            settings.put("port", Integer.toString(other.getLocalPort()));

            assertThat(deliver(open(Duration.ofSeconds(3)), attempt("d-1", "x")).outcome())
                    .isInstanceOf(Retryable.class);
        }
    }
}
