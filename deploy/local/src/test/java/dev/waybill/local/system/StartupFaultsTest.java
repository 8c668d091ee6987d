package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.local.fixture.Backends;
import dev.waybill.worker.cli.Exit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A worker that cannot run says why in one line that names the setting, with exit code 2, within 30 seconds.
@Timeout(120) // A worker that starts nevertheless would run for ever.
class StartupFaultsTest {

    private static final Duration MAX = Duration.ofSeconds(30);
    private static final String SASL =
            "org.apache.kafka.common.security.plain.PlainLoginModule required" + " username=\"a\" password=\"s3cret\";";

    @TempDir
    static Path folder;

    static Installation installation;
    static String nobody;

    /// Bound, so that nobody else takes the port, but not listening.
    static Socket bound;

    @BeforeAll
    static void install() throws IOException {
        installation = Installation.create("faults");
        bound = new Socket();
        bound.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
        nobody = "127.0.0.1:" + bound.getLocalPort();
    }

    @AfterAll
    static void letGo() throws IOException {
        bound.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "topic.prefx|x|topic.prefx: no such setting; did you mean topic.prefix?",
                "bootstrap.servers|NOBODY|bootstrap.servers: no broker answers at NOBODY",
                "schema.registry.url|http://NOBODY|schema.registry.url: No schema registry answers",
                "postgres.url|jdbc:postgresql://NOBODY/x|postgres.url: Postgres does not answer",
                "postgres.url|MISSING|postgres.url: FATAL: database \"missing\" does not exist",
                "topic.prefix|other.|topic other.requests, other.destinations",
                "retry.delays|1s,7s|retries.7s: does not exist",
            })
    void is_one_line(String key, String value, String line) throws IOException {
        String given = value.replace("NOBODY", nobody)
                .replace(
                        "MISSING",
                        installation.database().jdbcUrl().replaceFirst("(jdbc:postgresql://[^/]+/)[^?]+", "$1missing"));
        assertOneLine(start(Map.of(key, given)), line.replace("NOBODY", nobody));
    }

    @Test
    void a_broker_that_refuses_the_login_is_named_and_the_password_is_not() throws IOException {
        Cli cli = start(
                Map.of("security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", "PLAIN", "sasl.jaas.config", SASL));
        assertOneLine(cli, "refuses the login");
        assertThat(cli.err()).doesNotContain("s3cret");
    }

    @Test
    void a_broker_that_never_answers_is_given_up() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertOneLine(
                    start(Map.of("bootstrap.servers", "127.0.0.1:" + silent.getLocalPort())), "no broker answers");
        }
    }

    @Test
    void a_database_that_refuses_the_login_is_named() throws IOException {
        // The URL of the fixture names a user itself.
        String url = installation.database().jdbcUrl().replaceFirst("\\?.*", "");
        assertOneLine(start(Map.of("postgres.url", url, "postgres.user", "stranger")), "Postgres refuses the login");
    }

    @Test
    void partitions_that_differ_are_named() throws Exception {
        Installation grown = Installation.create("grown");
        String requests = grown.topics().requests();
        try (Admin admin = Admin.create(
                Map.<String, Object>of("bootstrap.servers", grown.backend().bootstrapServers()))) {
            admin.createPartitions(Map.of(requests, NewPartitions.increaseTo(Installation.PARTITIONS + 1)))
                    .all()
                    .get();
            admin.createPartitions(Map.of(grown.topics().rules(), NewPartitions.increaseTo(2)))
                    .all()
                    .get();
            // The controller has them; the broker that is asked learns of them a moment later.
            org.awaitility.Awaitility.await()
                    .until(() -> partitions(admin, requests) == Installation.PARTITIONS + 1
                            && partitions(admin, grown.topics().rules()) == 2);
        }
        Cli cli = Cli.run("worker", "--config", PropertiesFile.write(folder, grown.settings("w", Map.of())));
        assertThat(cli.code()).isEqualTo(Exit.USAGE);
        assertThat(cli.errors())
                .anyMatch(line -> line.contains(requests + ": has 5 partitions, but") && line.contains("must be equal"))
                .anyMatch(line -> line.contains(grown.topics().rules() + ": has 2 partitions where exactly 1"))
                .hasSize(2);
    }

    private static int partitions(Admin admin, String topic) throws Exception {
        return admin.describeTopics(java.util.List.of(topic))
                .topicNameValues()
                .values()
                .iterator()
                .next()
                .get()
                .partitions()
                .size();
    }

    @Test
    void a_database_without_tables_is_named() throws IOException {
        String url =
                installation.backend().createDatabase(Backends.unique("empty")).jdbcUrl();
        assertOneLine(start(Map.of("postgres.url", url)), "run `waybill migrate`");
    }

    private static void assertOneLine(Cli cli, String line) {
        assertThat(cli.errors())
                .singleElement()
                .asString()
                .startsWith("waybill: ")
                .contains(line);
        assertThat(cli.code()).isEqualTo(Exit.USAGE);
    }

    private static Cli start(Map<String, String> faulty) throws IOException {
        Map<String, String> settings = new HashMap<>(installation.settings("w", Map.of()));
        settings.putAll(faulty);
        long begin = System.nanoTime();
        Cli cli = Cli.run("worker", "--config", PropertiesFile.write(folder, settings));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(MAX);
        return cli;
    }
}
