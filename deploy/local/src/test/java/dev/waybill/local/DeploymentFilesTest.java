package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.worker.config.WorkerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/// docker-compose.yml and the Dockerfile, against the code they configure. No container is started.
class DeploymentFilesTest {

    private static final Path ROOT = Path.of("..", "..");

    private final Map<String, Object> services = map(new Yaml()
            .<Map<String, Object>>load(read(ROOT.resolve("docker-compose.yml")))
            .get("services"));
    private final String dockerfile = read(ROOT.resolve("deploy/Dockerfile"));

    @Test
    void everyVariableOfTheWorkerIsASettingAndTheConfigurationIsValid() {
        Map<String, String> environment = new HashMap<>();
        map(service("worker").get("environment")).forEach((name, value) -> environment.put(name, value.toString()));
        WorkerConfig config = WorkerConfig.of(Map.of(), environment);
        assertThat(config.warnings()).isEmpty();
        assertThat(environment.keySet()).allMatch(name -> name.startsWith("WAYBILL_"));
        // The addresses are those of the other services.
        assertThat(config.kafka().bootstrap()).isEqualTo("kafka:19092");
        assertThat(String.valueOf(map(service("kafka").get("environment")).get("KAFKA_ADVERTISED_LISTENERS")))
                .contains("INTERNAL://" + config.kafka().bootstrap());
        assertThat(config.registry().url()).isEqualTo("http://registry:8081");
        assertThat(config.postgres().url()).startsWith("jdbc:postgresql://postgres:5432/");
        assertThat(services).containsKeys("kafka", "registry", "postgres", "topics", "migrate", "worker");
    }

    @Test
    void portsAreTheDeclaredOnesAndPublishedOnLoopbackOnly() {
        String port = Integer.toString(
                WorkerConfig.of(Map.of("bootstrap.servers", "x:1", "schema.registry.url", "http://x"), Map.of())
                        .api()
                        .port());
        assertThat(dockerfile).contains("EXPOSE " + port);
        assertThat(service("worker").get("ports")).isEqualTo(List.of("127.0.0.1:" + port + ":" + port));
        services.keySet().forEach(name -> {
            Object ports = service(name).get("ports");
            if (ports instanceof List<?> published) {
                assertThat(published).allMatch(one -> one.toString().startsWith("127.0.0.1:"));
            }
        });
    }

    @Test
    void healthChecksCallWhatTheWorkerHas() {
        String check = "\"/opt/waybill/bin/waybill\", \"healthcheck\", \"8083\"";
        assertThat(dockerfile).contains("HEALTHCHECK").contains(check);
        assertThat(String.valueOf(map(service("worker").get("healthcheck")).get("test")))
                .isEqualTo("[CMD, /opt/waybill/bin/waybill, healthcheck, 8083]");
        String launcher = read(ROOT.resolve("worker/src/main/dist/bin/waybill"));
        assertThat(launcher).contains("[ \"${1-}\" = healthcheck ]").contains("GET /livez");
        String health = read(ROOT.resolve("worker/src/main/java/dev/waybill/worker/ops/Health.java"));
        assertThat(health).contains("\"/livez\"").contains("\"/readyz\"");
    }

    @Test
    void imagesArePinnedAndTheWorkerIsNotRoot() {
        services.keySet()
                .forEach(name -> assertThat(String.valueOf(service(name).get("image")))
                        .contains(":")
                        .doesNotContain(":latest"));
        List<String> lines = dockerfile.lines().map(String::strip).toList();
        assertThat(lines)
                .filteredOn(line -> line.startsWith("FROM"))
                .allMatch(line -> line.matches("FROM \\S+:25\\S*"));
        assertThat(lines).filteredOn(line -> line.startsWith("USER")).last().isEqualTo("USER 10001:10001");
        assertThat(lines).noneMatch(line -> line.startsWith("ADD http"));
        assertThat(service("worker").get("read_only")).isEqualTo(true);
    }

    @Test
    void oneShotServicesRunRealCommands() {
        var commands = dev.waybill.worker.app.Main.create().getSubcommands();
        for (String name : List.of("topics", "migrate")) {
            Object command = Objects.requireNonNull(service(name).get("command"));
            assertThat(commands).containsKey(((List<?>) command).getFirst().toString());
        }
    }

    private Map<String, Object> service(String name) {
        return map(services.get(name));
    }

    @SuppressWarnings("unchecked") // what a YAML mapping is read as
    private static Map<String, Object> map(@Nullable Object mapping) {
        return (Map<String, Object>) Objects.requireNonNull(mapping);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
