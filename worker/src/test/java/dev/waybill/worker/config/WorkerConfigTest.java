package dev.waybill.worker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerConfigTest {

    private static final Map<String, String> MINIMAL =
            Map.of("bootstrap.servers", "broker:9092", "schema.registry.url", "http://registry:8081");

    @TempDir
    Path folder;

    @Test
    void two_settings_are_enough() {
        WorkerConfig config = WorkerConfig.of(MINIMAL, Map.of());
        assertThat(config.kafka().bootstrap()).isEqualTo("broker:9092");
        assertThat(config.worker().roles()).containsExactlyInAnyOrder(Role.values());
        assertThat(config.worker().requestTopics()).containsExactly("delivery.requests");
        assertThat(config.worker().workerId()).isNotBlank();
        assertThat(config.api().host()).isEqualTo("127.0.0.1");
        assertThat(config.warnings()).isEmpty();
    }

    @Test
    void every_fault_is_named_with_its_remedy() {
        assertThatThrownBy(() -> WorkerConfig.of(Map.of("topic.prefx", "x.", "api.port", "x"), Map.of()))
                .isInstanceOfSatisfying(
                        InvalidConfigurationException.class,
                        e -> assertThat(e.faults())
                                .anyMatch(f -> f.contains("topic.prefx: no such setting; did you mean topic.prefix?"))
                                .anyMatch(f -> f.startsWith("bootstrap.servers: is required")
                                        && f.contains("WAYBILL_BOOTSTRAP"))
                                .anyMatch(f -> f.startsWith("schema.registry.url: is required"))
                                .anyMatch(f -> f.startsWith("api.port: x is invalid"))
                                .hasSize(4));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "partition.admitted.max|0|must be at least 1",
                "partition.admitted.max|1001|no more than 1000",
                "inline.payload.max.bytes|1048577|no more than 1048576",
                "api.port|65536|no more than 65535",
                "roles|router,chef|some of router",
                "roles|router,router|",
                "sinks.kinds|pigeon|some of webhook",
                "retry.delays|5s,1s|must be longer",
                "retry.delays|5|delays such as",
                "retry.delays|''|at least one",
                "postgres.url|postgresql://x/y|jdbc:postgresql",
                "log.format|xml|one of text",
                "topics.min.insync.replicas|4|more than topics.replication.factor",
                "worker.id|a b|up to 100",
            })
    void what_cannot_work_is_refused(String key, String value, String why) {
        assertThatThrownBy(() -> WorkerConfig.of(with(key, value), Map.of()))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageStartingWith(key + ":")
                .hasMessageContaining(why == null ? "" : why);
    }

    @ParameterizedTest
    @CsvSource({"partition.admitted.max,1", "partition.admitted.max,1000", "api.port,0", "api.port,65535"})
    void bounds_belong_to_the_range(String key, String value) {
        assertThat(WorkerConfig.of(with(key, value), Map.of())).isNotNull();
    }

    @Test
    void environment_wins_over_the_file() {
        WorkerConfig config = WorkerConfig.of(
                with("api.port", "1"),
                Map.of(
                        "WAYBILL_API_PORT",
                        "2",
                        "WAYBILL_CONSUMER_MAX_POLL_RECORDS",
                        "7",
                        "WAYBILL_SASL_MECHANISM",
                        "PLAIN"));
        assertThat(config.api().port()).isEqualTo(2);
        assertThat(config.kafka().consumer())
                .containsEntry("max.poll.records", "7")
                .containsEntry("sasl.mechanism", "PLAIN");
        assertThat(config.kafka().producer()).doesNotContainKey("max.poll.records");
    }

    @Test
    void a_variable_that_looks_like_a_typo_is_warned_about() {
        WorkerConfig config = WorkerConfig.of(
                MINIMAL, Map.of("WAYBILL_API_PROT", "2", "WAYBILL_URL", "http://x", "WAYBILL_PORT_8083_TCP_ADDR", "1"));
        assertThat(config.warnings()).singleElement().asString().contains("WAYBILL_API_PROT", "WAYBILL_API_PORT");
    }

    @Test
    void client_settings_are_passed_on_by_prefix() {
        WorkerConfig config = WorkerConfig.of(
                with(
                        "streams.producer.linger.ms",
                        "5",
                        "admin.request.timeout.ms",
                        "9",
                        "registry.basic.auth.user.info",
                        "u:p"),
                Map.of());
        assertThat(config.kafka().streams()).containsEntry("producer.linger.ms", "5");
        assertThat(config.kafka().admin())
                .containsEntry("request.timeout.ms", "9")
                .containsEntry("bootstrap.servers", "broker:9092");
        assertThat(config.registry().properties())
                .containsEntry("basic.auth.user.info", "u:p")
                .containsEntry("schema.registry.url", "http://registry:8081");
    }

    @ParameterizedTest
    @CsvSource({
        "consumer.max.pol.records,did you mean consumer.max.poll.records?",
        "registry.basic.auth.user.inf,did you mean registry.basic.auth.user.info?",
        "sasl.mechanisn,did you mean sasl.mechanism?",
        "producer.acks,Waybill sets this itself",
        "consumer.isolation.level,Waybill sets this itself",
        "streams.processing.guarantee,Waybill sets this itself",
        "streams.producer.acks,Waybill sets this itself",
        "streams.main.consumer.isolation.level,Waybill sets this itself",
    })
    void client_settings_are_checked_too(String key, String why) {
        assertThatThrownBy(() -> WorkerConfig.of(with(key, "1"), Map.of()))
                .hasMessage(
                        why.startsWith("did")
                                ? key + ": no such setting of the client; " + why
                                : key + ": " + why + ", because its promises rest on it; take the line out");
    }

    @Test
    void plug_ins_may_bring_settings_of_their_own() {
        assertThat(WorkerConfig.of(with("consumer.acme.interceptor.url", "x"), Map.of())
                        .kafka()
                        .consumer())
                .containsEntry("acme.interceptor.url", "x");
    }

    @Test
    void references_are_resolved_from_files() throws IOException {
        Path file = Files.writeString(folder.resolve("pg.properties"), "password=s3cret\n");
        WorkerConfig config = WorkerConfig.of(with("postgres.password", "${file:" + file + ":password}"), Map.of());
        assertThat(config.postgres().password().value()).isEqualTo("s3cret");
    }

    @Test
    void secrets_do_not_appear_in_text() {
        WorkerConfig config = WorkerConfig.of(
                with(
                        "postgres.password", "s3cret",
                        "registry.basic.auth.user.info", "user:s3cret",
                        "sasl.jaas.config", "password=s3cret",
                        "producer.ssl.key.password", "s3cret"),
                Map.of());
        assertThat(config.toString()).doesNotContain("s3cret").contains("sasl.jaas.config");
    }

    @Test
    void a_wrong_value_of_a_secret_is_not_shown() {
        assertThatThrownBy(() -> WorkerConfig.of(with("postgres.password", "s3cret", "api.port", "x"), Map.of()))
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void a_missing_file_is_named() {
        assertThatThrownBy(() -> WorkerConfig.load(folder.resolve("none.properties"), Map.of()))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("none.properties: there is no such file");
    }

    static Map<String, String> with(String... pairs) {
        Map<String, String> properties = new HashMap<>(MINIMAL);
        List<String> list = List.of(pairs);
        for (int i = 0; i < list.size(); i += 2) {
            properties.put(list.get(i), list.get(i + 1));
        }
        return properties;
    }
}
