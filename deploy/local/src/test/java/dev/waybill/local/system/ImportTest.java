package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.local.fixture.Database;
import dev.waybill.worker.app.Sinks;
import dev.waybill.worker.app.WorkerApp;
import dev.waybill.worker.cli.Exit;
import dev.waybill.worker.cli.RestClient;
import dev.waybill.worker.config.WorkerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What another system has in its database comes into Waybill, once and not twice.
class ImportTest {

    private static final Duration READY_MAX = Duration.ofSeconds(60);
    private static final Duration PROJECTED_MAX = Duration.ofSeconds(60);
    private static final int SOME = 300;
    private static final int MANY = 10_000;

    @TempDir
    Path folder;

    @Tag("node")
    @Test
    void aDumpIsImportedOnce() throws Exception {
        try (Installation installation = Installation.create("import")) {
            importTwice(installation, SOME);
        }
    }

    @Tag("long")
    @Tag("node")
    @Test
    void aLargeDumpIsImportedOnce() throws Exception {
        try (Installation installation = Installation.create("importlong")) {
            importTwice(installation, MANY);
        }
    }

    private void importTwice(Installation installation, int destinations) throws Exception {
        Database other =
                installation.backend().createDatabase(installation.database().name() + "_other");
        Dump.load(Dump.byPgDump(destinations, folder), other.jdbcUrl());
        try (Running worker = new Running(installation)) {
            Cli preview = run(worker, other);
            assertThat(preview.code()).isEqualTo(Exit.FAILED);
            assertThat(preview.json().path("applied").asBoolean()).isFalse();
            assertThat(state(worker, destinations).get(0).path("destinations")).isEmpty();

            long start = System.nanoTime();
            Cli first = run(worker, other, "--apply");
            Figures.print("import: %d destinations in %.1f s", destinations, (System.nanoTime() - start) / 1e9);
            assertThat(first.json().path("counts")).isEqualTo(preview.json().path("counts"));
            assertLost(first, destinations);
            List<JsonNode> imported = state(worker, destinations);
            assertImported(imported, destinations);

            Cli second = run(worker, other, "--apply", "--overwrite");
            assertThat(second.json().path("changes")).isEmpty();
            assertThat(second.json().path("counts").path("unchanged").asInt())
                    .isEqualTo(first.json().path("counts").path("created").asInt());
            assertThat(state(worker, destinations)).as("with its versions").isEqualTo(imported);
            assertProjected(installation, destinations);
            assertWhatChangedSinceIsNotOverwritten(worker, other);
        }
    }

    private static void assertLost(Cli run, int destinations) {
        assertThat(run.code()).isEqualTo(Exit.FAILED);
        assertThat(run.out()).doesNotContain(Dump.SECRET).doesNotContain("example.com");
        int faulty = 0;
        for (int i = 0; i < destinations; i++) {
            if (Dump.isFaulty(i)) {
                faulty += Dump.isDefault(i) ? 2 : 1;
            }
        }
        assertThat(faulty).isGreaterThan(destinations / 25);
        assertThat(run.json().path("counts").path("lost").asInt()).isEqualTo(faulty);
        assertThat(run.json().path("notes").findValuesAsString("text"))
                .anyMatch(text -> text.startsWith("provider: no such provider fax; known are "))
                .contains("settings.signing.secret: is a secret in clear text: put it with `waybill secret put`, and"
                        + " the destination with the reference");
    }

    private static void assertImported(List<JsonNode> state, int destinations) {
        int found = 0;
        for (int organization = 0; organization < state.size(); organization++) {
            int first = organization * Dump.PER_ORGANIZATION;
            for (JsonNode one : state.get(organization).path("destinations")) {
                int number = Integer.parseInt(one.path("name").asString().substring("dest ".length()));
                assertThat(one.path("destinationId").asString()).isEqualTo(Dump.id(number));
                assertThat(one.path("settings").path("url").asString()).endsWith("/hook/" + number);
                assertThat(one.path("enabled").asBoolean()).isEqualTo(number % Dump.PER_ORGANIZATION != 9);
                found++;
            }
            JsonNode rule = state.get(organization).path("rules").path(0);
            assertThat(rule.path("ruleId").asString()).isEqualTo("defaults");
            assertThat(rule.path("primary").findValuesAsString("destinationId")).containsExactly(Dump.id(first + 1));
            assertThat(rule.path("secondary").findValuesAsString("destinationId"))
                    .containsExactlyElementsOf(IntStream.of(first, first + 2, first + 3)
                            .filter(number -> !Dump.isFaulty(number))
                            .mapToObj(Dump::id)
                            .toList());
        }
        assertThat(found).isEqualTo(destinations - destinations / 25);
    }

    private static void assertProjected(Installation installation, int destinations) {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < destinations; i++) {
            if (Dump.isDefault(i) && !Dump.isFaulty(i)) {
                expected.add(Dump.id(i) + (i % Dump.PER_ORGANIZATION == 1 ? " t" : " f"));
            }
        }
        String sql = "select destination_id || case when is_primary then ' t' else ' f' end from default_destinations";
        Awaitility.await()
                .atMost(PROJECTED_MAX)
                .untilAsserted(() -> assertThat(rows(installation.database().jdbcUrl(), sql))
                        .containsExactlyInAnyOrderElementsOf(expected));
    }

    private void assertWhatChangedSinceIsNotOverwritten(Running worker, Database other) {
        String path = "/v1/organizations/org0/destinations/" + Dump.id(5);
        try (RestClient client = new RestClient(worker.url())) {
            ObjectNode body = (ObjectNode) client.get(path).body();
            body.put("enabled", false);
            client.put(path, body);
        }
        Cli kept = run(worker, other, "--apply");
        assertThat(kept.json().path("counts").path("different").asInt()).isOne();
        assertThat(kept.json().path("changes").toString())
                .isEqualTo("[{\"organization\":\"org0\",\"subject\":\"destination dest 5 " + Dump.id(5)
                        + "\",\"change\":\"different\",\"fields\":[\"enabled\"]}]");
        Cli overwritten = run(worker, other, "--apply", "--overwrite");
        assertThat(overwritten.json().path("counts").path("overwritten").asInt())
                .isOne();
        assertThat(run(worker, other, "--apply").json().path("changes")).isEmpty();
    }

    @Test
    void adoptedTablesAreImportedFromWhereTheyAre() throws Exception {
        try (Installation installation = Installation.empty("adopt")) {
            String url = installation.database().jdbcUrl();
            Dump.load(Dump.of(10), url);
            String config = PropertiesFile.write(folder, installation.settings("w", Map.of()));
            assertThat(Cli.run("topics", "apply", "--config", config).code()).isZero();
            Cli migrated = Cli.run("migrate", "--config", config);
            assertThat(migrated.out())
                    .startsWith(
                            "Adopted 10 destinations and 4 default destinations, and moved 40 rows of delivery_logs.");
            assertThat(rows(url, "select count(*) from delivery_logs where tags = '{a,b}'"))
                    .containsExactly("40");
            try (Running worker = new Running(installation)) {
                Cli shown = Cli.run(line(worker, installation.database()));
                assertThat(shown.out())
                        .startsWith("+ org0 destination dest 0 " + Dump.id(0) + "\n")
                        .endsWith("""
                                + org0 rule defaults
                                Read 10 destinations and 4 default destinations.
                                With --apply: 11 created, 0 overwritten, 0 as they are, 0 different, 0 not carried over. Nothing was changed.
                                """);
                Cli run = run(worker, installation.database(), "--apply");
                assertThat(run.code()).as(run.out() + run.err()).isZero();
                Awaitility.await()
                        .atMost(PROJECTED_MAX)
                        .untilAsserted(() -> assertThat(rows(
                                        url,
                                        "select count(*) filter (where not stub) || ' ' || count(*) from"
                                                + " delivery_destinations"))
                                .containsExactly("10 10"));
                assertThat(run(worker, installation.database(), "--apply")
                                .json()
                                .path("changes"))
                        .isEmpty();
            }
        }
    }

    private Cli run(Running worker, Database from, String... more) {
        List<String> line = new ArrayList<>(List.of(line(worker, from)));
        line.addAll(List.of("-o", "json"));
        line.addAll(List.of(more));
        Cli run = Cli.run(line.toArray(String[]::new));
        assertThat(run.errors()).isEmpty();
        return run;
    }

    private String[] line(Running worker, Database from) {
        return new String[] {
            "import",
            "postgres",
            "--from",
            from.jdbcUrl(),
            "--user",
            "postgres",
            "--password-file",
            passwordFile(),
            "--url",
            worker.url()
        };
    }

    private String passwordFile() {
        try {
            return Files.writeString(folder.resolve("password"), "postgres\n").toString();
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    /// Destinations and rules of each organization, versions included.
    private static List<JsonNode> state(Running worker, int destinations) {
        List<JsonNode> state = new ArrayList<>();
        try (RestClient client = new RestClient(worker.url())) {
            for (int i = 0; i < destinations; i += Dump.PER_ORGANIZATION) {
                String path = "/v1/organizations/" + Dump.organization(i);
                ObjectNode all = (ObjectNode) client.get(path + "/destinations").body();
                all.setAll((ObjectNode) client.get(path + "/rules").body());
                state.add(all);
            }
        }
        return state;
    }

    private static List<String> rows(String url, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (var connection = DriverManager.getConnection(url);
                var found = connection.createStatement().executeQuery(sql)) {
            while (found.next()) {
                rows.add(found.getString(1));
            }
        }
        return rows;
    }

    /// A worker with all roles in this process.
    private static final class Running implements AutoCloseable {

        private final Sinks sinks;
        private final WorkerApp worker;

        Running(Installation installation) {
            WorkerConfig config = installation.config("w", Map.of());
            sinks = Sinks.open(config);
            worker = WorkerApp.start(config, sinks);
            Awaitility.await().atMost(READY_MAX).until(() -> worker.notReady().isEmpty());
        }

        String url() {
            return worker.url();
        }

        @Override
        public void close() {
            worker.close();
            sinks.close();
        }
    }
}
