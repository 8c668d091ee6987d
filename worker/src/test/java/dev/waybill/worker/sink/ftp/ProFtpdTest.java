package dev.waybill.worker.sink.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Outcome.Delivered;
import dev.waybill.topology.policy.Outcome.Failed;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.BatchReport;
import dev.waybill.worker.sink.BatchSink;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.tls.TestCertificate;
import dev.waybill.worker.sink.transfer.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// FTP over TLS against ProFTPD as it is by default: a data connection must resume the TLS session of its
/// control connection.
@Tag("debian")
class ProFtpdTest {

    private static final Path MODULE = Path.of("/usr/lib/proftpd/mod_tls.so");

    /// Of the password `secret`, by crypt.
    private static final String HASH =
            "$6$waybill$WnML6ek1TVGQby80Yn4gIA./JcbbKd/fhbUP5dw8VoC4Qz08Ap4u6BvKfKDho0PkAla5V1uy5.x8GtPWQLEYb/";

    private static final int NOBODY = 65534;

    @TempDir
    Path folder;

    private final FakeSecrets secrets = new FakeSecrets();
    private final Dialer dialer = new Dialer(new EgressGuard(List.of("127.0.0.1", "localhost"), NameResolver.system()));
    private final FtpProvider provider = new FtpProvider(dialer, secrets, InstantSource.system());
    private final Map<String, String> settings = new HashMap<>();
    private @Nullable Program proftpd;
    private Path out;

    @BeforeEach
    void prepare() throws IOException {
        assumeTrue(
                Program.exist("proftpd") && Files.exists(MODULE),
                "proftpd-core or proftpd-mod-crypto is not installed");
        assumeTrue("root".equals(System.getProperty("user.name")), "ProFTPD lets logins in only when root starts it");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        out = Files.createDirectories(folder.resolve("home/out"));
        Files.setPosixFilePermissions(out, PosixFilePermissions.fromString("rwxrwxrwx"));
        settings.putAll(Map.of(
                "host", "127.0.0.1",
                "user", "waybill",
                "password", secrets.put("password", "secret"),
                "tls.ca", TestCertificate.valid().pem(),
                "directory", "out"));
    }

    @AfterEach
    void stop() {
        provider.close();
        dialer.close();
        if (proftpd != null) {
            proftpd.close();
        }
    }

    private void start(TestCertificate certificate, String... more) throws Exception {
        int port = Program.freePort();
        Path users = folder.resolve("users");
        Files.writeString(
                users, "waybill:" + HASH + ":" + NOBODY + ":" + NOBODY + "::" + folder + "/home:/bin/false\n");
        Files.setPosixFilePermissions(users, PosixFilePermissions.fromString("rw-------"));
        Path key = folder.resolve("key.pem");
        Files.writeString(key, certificate.serverKey());
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Path chain = folder.resolve("chain.pem");
        Files.writeString(chain, certificate.serverChain());
        Path config = folder.resolve("proftpd.conf");
        Files.writeString(
                config,
                String.join(
                        "\n",
                        "ModulePath /usr/lib/proftpd",
                        "LoadModule mod_tls.c",
                        "ServerType standalone",
                        "ServerName test",
                        "DefaultAddress 127.0.0.1",
                        "SocketBindTight on",
                        "UseIPv6 off",
                        "Port " + port,
                        "User nobody",
                        "Group nogroup",
                        "DefaultRoot " + folder + "/home",
                        "RequireValidShell off",
                        "AuthOrder mod_auth_file.c",
                        "AuthUserFile " + users,
                        "WtmpLog off",
                        "ScoreboardFile " + folder.resolve("scoreboard"),
                        "DelayTable none",
                        "PidFile " + folder.resolve("pid"),
                        "AllowStoreRestart on",
                        "AllowOverwrite on",
                        "MaxInstances 50",
                        "TLSEngine on",
                        "TLSRequired on",
                        "TLSProtocol TLSv1.2 TLSv1.3",
                        "TLSRSACertificateFile " + chain,
                        "TLSRSACertificateKeyFile " + key,
                        String.join("\n", more),
                        ""));
        proftpd = Program.start(
                port, folder.resolve("proftpd.log"), "/usr/sbin/proftpd", "-n", "-q", "-c", config.toString());
        settings.put("port", Integer.toString(port));
    }

    private BatchSink open() {
        Duration timeout = Duration.ofSeconds(20);
        return (BatchSink) provider.open(Samples.destination(
                Kind.TRANSFER, "ftp", settings, Samples.policy(Kind.TRANSFER, timeout, timeout, timeout)));
    }

    private AttemptReport deliver(String id, Bytes body) throws Exception {
        try (BatchSink sink = open()) {
            return Samples.onVirtualThread(() -> sink.deliver(Samples.attempt(id, body)));
        }
    }

    private AttemptReport deliver(String id, String body) throws Exception {
        return deliver(id, Samples.body(body));
    }

    private static void assertCode(AttemptReport report, Class<? extends Outcome> outcome, String code) {
        assertThat(report.outcome()).isInstanceOf(outcome);
        assertThat(((Failed) report.outcome()).fault().code()).isEqualTo(code);
    }

    private ConnectionReport test() throws Exception {
        try (BatchSink sink = open()) {
            return sink.test();
        }
    }

    private ConnectionError testError() throws Exception {
        return Objects.requireNonNull(test().problem()).error();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(out)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void data_connections_resume_the_session() throws Exception {
        start(TestCertificate.valid());

        assertThat(deliver("d-1", "x").outcome()).isEqualTo(new Delivered());
        assertThat(deliver("d-2", "y").outcome()).isEqualTo(new Delivered());

        assertThat(out.resolve("d-1")).hasContent("x");
        assertThat(names()).containsExactly("d-1", "d-2");
    }

    @Test
    void tls_may_be_there_from_the_first_byte_on() throws Exception {
        start(TestCertificate.valid(), "TLSOptions UseImplicitSSL");
        settings.put("tls", "implicit");

        assertThat(deliver("d-1", "x").outcome()).isEqualTo(new Delivered());
    }

    @Test
    void a_name_is_checked_too() throws Exception {
        start(TestCertificate.valid());
        settings.put("host", "localhost");

        assertThat(deliver("d-1", "x").outcome()).isEqualTo(new Delivered());
    }

    @Test
    void everything_that_is_promised() throws Exception {
        start(TestCertificate.valid());
        settings.putAll(Map.of(
                "directory", "out/a/b",
                "create.directories", "true",
                "verify", "hash",
                "checksum.file", "true",
                "permissions", "640"));

        assertThat(deliver("d-1", "abc").outcome()).isEqualTo(new Delivered());
        assertThat(deliver("d-1", "abc").outcome()).isEqualTo(new Delivered());
        assertCode(deliver("d-1", "other"), Permanent.class, "ftp_file_exists");
        settings.put("on.exists", "replace");
        assertThat(deliver("d-1", "other").outcome()).isEqualTo(new Delivered());

        Path file = out.resolve("a/b/d-1");
        assertThat(file).hasContent("other");
        assertThat(Path.of(file + ".sha256")).exists();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
    }

    @Test
    void a_part_is_continued() throws Exception {
        start(TestCertificate.valid());
        byte[] random = new byte[4 << 20];
        new Random(7).nextBytes(random);
        settings.put("on.exists", "replace");
        deliver("d-1", "x");
        String part = partOf("d-1");
        Files.write(out.resolve(part), Arrays.copyOf(random, 3 << 20));
        Files.setPosixFilePermissions(out.resolve(part), PosixFilePermissions.fromString("rw-rw-rw-"));

        AttemptReport report = deliver("d-1", Bytes.of(random));

        assertThat(report.outcome()).isEqualTo(new Delivered());
        assertThat(report.bytesSent()).isEqualTo(1 << 20);
        assertThat(Files.readAllBytes(out.resolve("d-1"))).isEqualTo(random);
    }

    /// As an attempt that breaks off leaves it.
    private static String partOf(String id) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
        return id + "." + HexFormat.of().formatHex(hash, 0, 4) + ".part";
    }

    @Test
    void a_batch_is_many_files() throws Exception {
        start(TestCertificate.valid());
        List<Attempt> members = IntStream.range(0, 20)
                .mapToObj(i -> Samples.attempt("d-" + i, Samples.body("number " + i)))
                .toList();

        try (BatchSink sink = open()) {
            BatchReport report = Samples.onVirtualThread(() -> sink.deliverTogether(members));
            assertThat(((BatchReport.Members) report).reports())
                    .hasSize(20)
                    .allMatch(one -> one.outcome() instanceof Delivered);
        }
        assertThat(names()).hasSize(20);
    }

    @Test
    void a_test_tells_failures_apart() throws Exception {
        start(TestCertificate.valid());
        ConnectionReport good = test();
        assertThat(good.success()).as(good.toString()).isTrue();
        assertThat(good.checks())
                .extracting(ConnectionReport.Check::name)
                .containsExactly("connect", "tls", "authenticate", "directory", "write", "size", "delete");
        assertThat(names()).isEmpty();

        settings.put("directory", "missing");
        assertThat(testError()).isEqualTo(ConnectionError.NOT_FOUND);
        assertCode(deliver("d-1", "x"), Permanent.class, "ftp_not_found");
        settings.put("directory", "");
        assertThat(testError()).isEqualTo(ConnectionError.PERMISSION_DENIED);
        assertCode(deliver("d-1", "x"), Permanent.class, "ftp_permission_denied");
        secrets.rotate("password", "wrong");
        assertThat(testError()).isEqualTo(ConnectionError.AUTH_FAILED);
        assertCode(deliver("d-1", "x"), Permanent.class, "ftp_login_failed");
        settings.remove("tls.ca");
        assertThat(testError()).isEqualTo(ConnectionError.TLS_UNTRUSTED);
        assertCode(deliver("d-1", "x"), Permanent.class, "tls_untrusted");
        settings.put("tls", "none");
        assertThat(testError()).isEqualTo(ConnectionError.AUTH_FAILED);
        Objects.requireNonNull(proftpd).close();
        assertThat(testError()).isEqualTo(ConnectionError.CONNECT_REFUSED);
        assertThat(deliver("d-1", "x").outcome()).isInstanceOf(Retryable.class);
    }

    @Test
    void a_certificate_that_has_expired() throws Exception {
        TestCertificate certificate = TestCertificate.expired();
        start(certificate);
        settings.put("tls.ca", certificate.pem());

        assertThat(testError()).isEqualTo(ConnectionError.TLS_EXPIRED);
    }

    @Test
    void a_certificate_for_another_name() throws Exception {
        TestCertificate certificate = TestCertificate.forAnotherName();
        start(certificate);
        settings.put("tls.ca", certificate.pem());

        assertThat(testError()).isEqualTo(ConnectionError.TLS_NAME_MISMATCH);
    }
}
