package dev.waybill.worker.sink.smtp;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waybill.worker.sink.tls.TestCertificate;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/// A Postfix of its own, with its own folders and ports, that delivers into a Maildir. No service of the system has a
/// part in it.
final class Postfix implements AutoCloseable {

    static final String USER = "robot";
    static final String PASSWORD = "hunter2-for-postfix";
    static final String DOMAIN = "example.test";
    static final int SIZE = 20_480_000;

    private static final String HOST = "mail.example.test";
    private static final int COMMAND_SECONDS = 30;

    private final Path directory;
    private final int startTlsPort;
    private final int tlsPort;

    private Postfix(Path directory, int startTlsPort, int tlsPort) {
        this.directory = directory;
        this.startTlsPort = startTlsPort;
        this.tlsPort = tlsPort;
    }

    /// Starts one, or skips the test where it is not installed; only root may start it.
    static Postfix start() throws IOException, GeneralSecurityException {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/sbin/postfix"))
                        && Files.isExecutable(Path.of("/usr/sbin/saslpasswd2")),
                "postfix and sasl2-bin are not installed");
        assumeTrue("root".equals(System.getProperty("user.name")), "only root may start postfix");
        Path directory = Files.createTempDirectory("waybill-postfix");
        // Its processes are of another user.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Postfix postfix = new Postfix(directory, freePort(), freePort());
        postfix.configure();
        postfix.command("start");
        return postfix;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private void configure() throws IOException, GeneralSecurityException {
        for (String folder : List.of("queue", "data", "mail", "sasl", "conf", "conf/sasl")) {
            Files.createDirectory(directory.resolve(folder));
        }
        write("certificate.pem", TestCertificate.valid().serverChain());
        write("key.pem", TestCertificate.valid().serverKey());
        write("conf/main.cf", """
                compatibility_level = 3.6
                queue_directory = %1$s/queue
                data_directory = %1$s/data
                maillog_file = %1$s/maillog
                maillog_file_prefixes = %1$s
                inet_interfaces = 127.0.0.1
                inet_protocols = ipv4
                myhostname = %2$s
                mydestination =
                alias_maps =
                local_recipient_maps =
                virtual_mailbox_domains = %3$s
                virtual_mailbox_base = %1$s/mail
                virtual_mailbox_maps = inline:{you@%3$s=you/}
                virtual_uid_maps = static:65534
                virtual_gid_maps = static:65534
                message_size_limit = %4$d
                smtpd_recipient_restrictions = permit_sasl_authenticated, reject
                smtpd_sasl_auth_enable = yes
                smtpd_sasl_local_domain = %2$s
                smtpd_tls_auth_only = yes
                smtpd_tls_security_level = may
                smtpd_tls_chain_files = %1$s/key.pem, %1$s/certificate.pem
                """.formatted(directory, HOST, DOMAIN, SIZE));
        write("conf/master.cf", """
                127.0.0.1:%d inet n - n - - smtpd
                127.0.0.1:%d inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
                cleanup unix n - n - 0 cleanup
                qmgr unix n - n 300 1 qmgr
                tlsmgr unix - - n 1000? 1 tlsmgr
                rewrite unix - - n - - trivial-rewrite
                bounce unix - - n - 0 bounce
                defer unix - - n - 0 bounce
                trace unix - - n - 0 bounce
                virtual unix - n n - - virtual
                error unix - - n - - error
                retry unix - - n - - error
                anvil unix - - n - 1 anvil
                scache unix - - n - 1 scache
                proxymap unix - - n - - proxymap
                postlog unix-dgram n - n - 1 postlogd
                """.formatted(startTlsPort, tlsPort));
        write("conf/sasl/smtpd.conf", """
                pwcheck_method: auxprop
                auxprop_plugin: sasldb
                mech_list: PLAIN LOGIN
                sasldb_path: %s/sasl/sasldb2
                """.formatted(directory));
        run(PASSWORD, List.of("/usr/sbin/saslpasswd2", "-p", "-c", "-f", path("sasl/sasldb2"), "-u", HOST, USER));
        run("", List.of("chown", "postfix", path("data"), path("sasl/sasldb2")));
        run("", List.of("chown", "65534:65534", path("mail")));
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text);
    }

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    private void command(String command) throws IOException {
        run("", List.of("/usr/sbin/postfix", "-c", path("conf"), command));
    }

    private void run(String input, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("commands.log").toFile()))
                .start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        try {
            if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException(command + ": " + Files.readString(directory.resolve("commands.log")));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    int port(Security security) {
        return security == Security.TLS ? tlsPort : startTlsPort;
    }

    /// Ends all connections, and is there again.
    void restart() throws IOException {
        command("stop");
        command("start");
    }

    /// The message with the text in it, as it lies in the mailbox.
    byte[] delivered(String text) {
        return Awaitility.await("delivery of " + text).until(() -> find(text), bytes -> bytes.length > 0);
    }

    private byte[] find(String text) throws IOException {
        Path box = directory.resolve("mail").resolve("you").resolve("new");
        if (!Files.isDirectory(box)) {
            return new byte[0];
        }
        try (Stream<Path> files = Files.list(box)) {
            for (Path file : files.toList()) {
                byte[] bytes = Files.readAllBytes(file);
                int beginning = Math.min(bytes.length, 4_096);
                if (new String(bytes, 0, beginning, StandardCharsets.UTF_8).contains(text)) {
                    return bytes;
                }
            }
        }
        return new byte[0];
    }

    @Override
    public void close() throws IOException {
        command("stop");
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path one : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(one);
            }
        }
    }
}
