package dev.waybill.local.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryRequest;
import dev.waybill.local.fixture.Backend;
import dev.waybill.local.fixture.Backends;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ExampleProgramsTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Backend backend = Backends.shared();
    private AnsweringWorker worker;

    @BeforeEach
    void start() throws Exception {
        worker = new AnsweringWorker(backend);
    }

    @AfterEach
    void stop() {
        worker.close();
    }

    @Test
    @Tag("node")
    void nodeSendsRequestsAndReadsOnlyCommittedResults() throws Exception {
        var ended = NodeModules.run(
                NodeModules.EXAMPLE.resolve("deliver.js"),
                PATIENCE,
                "--brokers=" + backend.bootstrapServers(),
                "--registry=" + backend.registryUrl(),
                "--prefix=" + worker.prefix(),
                "--organization=acme,globex,initech,umbrella",
                "--destination=hook",
                "--destination=archive",
                "--count=8");
        assertThat(ended.exitCode()).as(() -> String.join("\n", ended.output())).isZero();
        assertThat(ended.output())
                .filteredOn(line -> line.startsWith("{\"sent\""))
                .hasSize(8);
        assertThat(ended.output())
                .filteredOn(line -> line.startsWith("{\"result\""))
                .hasSize(8)
                .allSatisfy(line -> assertThat(line).contains("\"status\":\"DELIVERED\""));
        assertThat(worker.requests()).hasSize(8).allSatisfy(record -> {
            DeliveryRequest request = worker.decode(record);
            assertThat(request.getDestinationIds()).containsExactly("hook", "archive");
            assertThat(StandardCharsets.UTF_8
                            .decode(request.getPayload().getBody())
                            .toString())
                    .startsWith("{\"greeting\":\"hello\"");
        });
        // Its partitioner is not Java's: what Waybill has to put right really happens.
        assertThat(worker.requests())
                .anySatisfy(record -> assertThat(record.partition()).isNotEqualTo(javaPartition(record)));
    }

    @Test
    void javaSendsARequestAndReadsOnlyTheCommittedResult() {
        var ended = Programs.run(
                Path.of("../../docs/examples/java"),
                PATIENCE,
                List.of(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dprefix=" + worker.prefix(),
                        "Deliver.java",
                        backend.bootstrapServers(),
                        backend.registryUrl(),
                        "acme",
                        "hook"));
        assertThat(ended.exitCode()).as(() -> String.join("\n", ended.output())).isZero();
        assertThat(ended.output())
                .anySatisfy(line -> assertThat(line).startsWith("result {").contains("DELIVERED"));
        assertThat(worker.requests()).singleElement().satisfies(record -> {
            assertThat(record.partition()).isEqualTo(javaPartition(record));
            assertThat(worker.decode(record).getDestinationIds()).containsExactly("hook");
        });
    }

    private static int javaPartition(ConsumerRecord<String, byte[]> record) {
        return Utils.toPositive(Utils.murmur2(record.key().getBytes(StandardCharsets.UTF_8)))
                % AnsweringWorker.PARTITIONS;
    }
}
