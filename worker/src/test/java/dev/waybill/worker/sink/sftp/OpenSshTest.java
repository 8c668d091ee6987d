package dev.waybill.worker.sink.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Payload;
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
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.transfer.FaultyProxy;
import dev.waybill.worker.sink.transfer.Program;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
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

/// The same against OpenSSH, which has only an ed25519 key.
@Tag("debian")
class OpenSshTest {

    /// Where an sshd of root's locks itself in before a login; a system that has never run it has none.
    private static final Path EMPTY_ROOT = Path.of("/run/sshd");

    @TempDir
    Path folder;

    private final FakeSecrets secrets = new FakeSecrets();
    private final Dialer dialer = new Dialer(new EgressGuard(List.of("127.0.0.1"), NameResolver.system()));
    private final SftpProvider provider = new SftpProvider(dialer, secrets, InstantSource.system());
    private final Map<String, String> settings = new HashMap<>();
    private @Nullable Program sshd;
    private Path out;

    @BeforeEach
    void prepare() throws Exception {
        assumeTrue(Program.exist("sshd", "ssh-keygen"), "openssh-server is not installed");
        if ("root".equals(System.getProperty("user.name"))) {
            Files.createDirectories(EMPTY_ROOT);
        }
        out = Files.createDirectories(folder.resolve("out"));
        keygen("host", "ed25519", "");
        keygen("client", "ed25519", "");
        settings.putAll(Map.of(
                "host", "127.0.0.1",
                "user", System.getProperty("user.name"),
                "private.key", secrets.put("key", Files.readString(folder.resolve("client"))),
                "host.keys", Files.readString(folder.resolve("host.pub")),
                "directory", out.toString()));
    }

    @AfterEach
    void stop() {
        provider.close();
        dialer.close();
        if (sshd != null) {
            sshd.close();
        }
    }

    private void keygen(String name, String type, String passphrase) throws Exception {
        assertThat(Program.run(
                        "ssh-keygen",
                        "-q",
                        "-t",
                        type,
                        "-N",
                        passphrase,
                        "-f",
                        folder.resolve(name).toString()))
                .isTrue();
    }

    private int start(String subsystem, String... more) throws IOException {
        int port = Program.freePort();
        Path keys = folder.resolve("authorized_keys");
        try (Stream<Path> files = Files.list(folder)) {
            List<String> lines = new ArrayList<>();
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".pub")).toList()) {
                lines.add(Files.readString(file).strip());
            }
            Files.write(keys, lines);
        }
        Path config = folder.resolve("sshd_config");
        Files.writeString(
                config,
                String.join(
                        "\n",
                        "Port " + port,
                        "ListenAddress 127.0.0.1",
                        "HostKey " + folder.resolve("host"),
                        "AuthorizedKeysFile " + keys,
                        "StrictModes no",
                        "UsePAM no",
                        "PermitRootLogin yes",
                        "PasswordAuthentication no",
                        "KbdInteractiveAuthentication no",
                        "PidFile none",
                        "MaxStartups 100",
                        "Subsystem sftp " + subsystem,
                        String.join("\n", more),
                        ""));
        sshd = Program.start(port, folder.resolve("sshd.log"), "/usr/sbin/sshd", "-D", "-e", "-f", config.toString());
        settings.put("port", Integer.toString(port));
        return port;
    }

    private BatchSink open() {
        Duration timeout = Duration.ofMinutes(5);
        return (BatchSink) provider.open(Samples.destination(
                Kind.TRANSFER, "sftp", settings, Samples.policy(Kind.TRANSFER, timeout, timeout, timeout)));
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

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(out)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void keys_of_every_sort_let_in() throws Exception {
        keygen("locked", "ed25519", "a passphrase");
        keygen("rsa", "rsa", "");
        keygen("ecdsa", "ecdsa", "");
        start("internal-sftp");

        assertThat(deliver("d-ed25519", "x").outcome()).isEqualTo(new Delivered());
        settings.put("private.key", secrets.put("rsa", Files.readString(folder.resolve("rsa"))));
        assertThat(deliver("d-rsa", "x").outcome()).isEqualTo(new Delivered());
        settings.put("private.key", secrets.put("ecdsa", Files.readString(folder.resolve("ecdsa"))));
        assertThat(deliver("d-ecdsa", "x").outcome()).isEqualTo(new Delivered());
        assertThat(Program.run(
                        "ssh-keygen",
                        "-p",
                        "-q",
                        "-N",
                        "",
                        "-m",
                        "PKCS8",
                        "-f",
                        folder.resolve("rsa").toString()))
                .isTrue();
        settings.put("private.key", secrets.put("rsa", Files.readString(folder.resolve("rsa"))));
        assertThat(deliver("d-pkcs8", "x").outcome()).isEqualTo(new Delivered());
        settings.put("private.key", secrets.put("locked", Files.readString(folder.resolve("locked"))));
        assertCode(deliver("d-locked", "x"), Permanent.class, "sftp_unusable_key");
        settings.put("private.key.passphrase", secrets.put("passphrase", "a passphrase"));
        assertThat(deliver("d-locked", "x").outcome()).isEqualTo(new Delivered());

        assertThat(names()).containsExactly("d-ecdsa", "d-ed25519", "d-locked", "d-pkcs8", "d-rsa");
    }

    @Test
    void a_key_that_the_server_does_not_know_is_refused() throws Exception {
        start("internal-sftp");
        keygen("stranger", "ed25519", "");
        settings.put("private.key", secrets.put("stranger", Files.readString(folder.resolve("stranger"))));

        assertCode(deliver("d-1", "x"), Permanent.class, "sftp_login_failed");
    }

    @Test
    void the_server_is_known_by_its_line_of_known_hosts() throws Exception {
        int port = start("internal-sftp");
        String key = Files.readString(folder.resolve("host.pub"));
        settings.put("host.keys", "[127.0.0.1]:" + port + " " + key);
        assertThat(deliver("d-1", "x").outcome()).isEqualTo(new Delivered());

        settings.put("host.keys", Files.readString(folder.resolve("client.pub")));
        assertCode(deliver("d-2", "x"), Permanent.class, "sftp_host_key_mismatch");
    }

    @Test
    void a_test_proves_everything() throws Exception {
        start("internal-sftp");

        try (BatchSink sink = open()) {
            ConnectionReport report = sink.test();
            assertThat(report.success()).as(report.toString()).isTrue();
            assertThat(report.details().get("server")).contains("OpenSSH");
        }
        assertThat(names()).isEmpty();
    }

    @Test
    void a_directory_that_may_not_be_written_to_is_for_good() throws Exception {
        start("internal-sftp -R");

        assertCode(deliver("d-1", "x"), Permanent.class, "sftp_permission_denied");
        try (BatchSink sink = open()) {
            assertThat(Objects.requireNonNull(sink.test().problem()).error())
                    .isEqualTo(ConnectionError.PERMISSION_DENIED);
        }
        settings.put("directory", out + "/missing");
        assertCode(deliver("d-1", "x"), Permanent.class, "sftp_permission_denied");
    }

    @Test
    void a_directory_that_is_missing_is_for_good_or_made() throws Exception {
        start("internal-sftp");
        settings.put("directory", out + "/a/b");

        assertCode(deliver("d-1", "x"), Permanent.class, "sftp_not_found");
        settings.put("create.directories", "true");
        assertThat(deliver("d-1", "x").outcome()).isEqualTo(new Delivered());
        assertThat(out.resolve("a/b/d-1")).hasContent("x");
    }

    @Test
    void a_full_disk_is_told_and_cleared() throws Exception {
        assumeTrue(
                Program.run("mount", "-t", "tmpfs", "-o", "size=256k", "waybill-test", out.toString()),
                "no file system can be mounted here");
        try {
            start("internal-sftp");

            assertCode(deliver("d-1", Bytes.of(new byte[1 << 20])), Retryable.class, "sftp_no_space");
            assertThat(names()).isEmpty();
            assertThat(deliver("d-2", Bytes.of(new byte[1 << 10])).outcome()).isEqualTo(new Delivered());
        } finally {
            assertThat(Program.run("umount", out.toString())).isTrue();
        }
    }

    @Test
    void a_file_of_another_content_is_kept_or_replaced_in_one_step() throws Exception {
        start("internal-sftp");
        Files.writeString(out.resolve("d-1"), "foreign");

        assertCode(deliver("d-1", "x"), Permanent.class, "sftp_file_exists");
        settings.put("on.exists", "replace");
        assertThat(deliver("d-1", "x").outcome()).isEqualTo(new Delivered());
        assertThat(out.resolve("d-1")).hasContent("x");
    }

    @Test
    void an_upload_that_was_cut_is_continued() throws Exception {
        byte[] random = new byte[8 << 20];
        new Random(7).nextBytes(random);
        settings.put("verify", "hash");
        try (FaultyProxy proxy = FaultyProxy.to(start("internal-sftp"))) {
            settings.put("port", Integer.toString(proxy.port()));
            proxy.cutAfter(5 << 20);

            assertCode(deliver("d-1", Bytes.of(random)), Retryable.class, "sftp_connection_lost");
            assertThat(names()).singleElement().asString().endsWith(".part");
            AttemptReport second = deliver("d-1", Bytes.of(random));

            assertThat(second.outcome()).isEqualTo(new Delivered());
            assertThat(second.bytesSent()).isLessThan(random.length - (1L << 20));
            assertThat(Files.readAllBytes(out.resolve("d-1"))).isEqualTo(random);
            assertThat(names()).containsExactly("d-1");
        }
    }

    @Test
    void a_server_that_allows_few_channels_gets_more_sessions() throws Exception {
        start("internal-sftp", "MaxSessions 2");

        assertThat(deliverTogether(0, 20)).hasSize(20).containsOnly(new Delivered());
    }

    @Test
    void a_server_that_went_away_is_retried() throws Exception {
        start("internal-sftp");
        assertThat(deliver("d-1", "x").outcome()).isEqualTo(new Delivered());
        Objects.requireNonNull(sshd).close();

        assertThat(deliver("d-2", "x").outcome()).isInstanceOf(Retryable.class);
    }

    private List<Outcome> deliverTogether(int from, int to) throws Exception {
        List<Attempt> members = IntStream.range(from, to)
                .mapToObj(i -> Samples.attempt("d-" + i, Samples.body("number " + i)))
                .toList();
        try (BatchSink sink = open()) {
            BatchReport report = Samples.onVirtualThread(() -> sink.deliverTogether(members));
            return ((BatchReport.Members) report)
                    .reports().stream().map(AttemptReport::outcome).toList();
        }
    }

    @Test
    void a_batch_is_many_files() throws Exception {
        start("internal-sftp");

        assertThat(deliverTogether(0, 100)).hasSize(100).containsOnly(new Delivered());
        assertThat(names()).hasSize(100).noneMatch(name -> name.endsWith(".part"));
        assertThat(out.resolve("d-42")).hasContent("number 42");
    }

    @Test
    @Tag("long")
    void ten_thousand_files() throws Exception {
        start("internal-sftp");

        for (int i = 0; i < 10_000; i += 200) {
            assertThat(deliverTogether(i, i + 200)).hasSize(200).containsOnly(new Delivered());
        }
        assertThat(names()).hasSize(10_000).noneMatch(name -> name.endsWith(".part"));
    }

    @Test
    @Tag("long")
    void a_gibibyte() throws Exception {
        start("internal-sftp");
        long size = 1L << 30;
        Content zeros = new Content() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public InputStream open() {
                return new InputStream() {
                    private long left = size;

                    @Override
                    public int read() {
                        return left-- > 0 ? 0 : -1;
                    }

                    @Override
                    public int read(byte[] bytes, int offset, int length) {
                        if (left <= 0) {
                            return -1;
                        }
                        int n = (int) Math.min(length, left);
                        Arrays.fill(bytes, offset, offset + n, (byte) 0);
                        left -= n;
                        return n;
                    }
                };
            }
        };
        Payload payload = new Payload("t", "application/octet-stream", null, "file:///exports/large", null);
        settings.put("verify", "hash");

        try (BatchSink sink = open()) {
            AttemptReport report =
                    Samples.onVirtualThread(() -> sink.deliver(Samples.attempt("d-1", payload, zeros, Map.of())));
            assertThat(report.outcome()).isEqualTo(new Delivered());
        }
        assertThat(Files.size(out.resolve("d-1"))).isEqualTo(size);
    }
}
