package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.local.examples.NodeModules;
import dev.waybill.schemas.Headers;
import dev.waybill.schemas.Keys;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The example in Node, with a partitioner that is not Java's and Confluent's own registry client, against a worker.
@Tag("node")
class NodeExampleTest {

    private static final List<String> ORGANIZATIONS = List.of("acme", "globex", "initech", "umbrella");
    private static final int REQUESTS = 8;

    @Test
    void requestsOnWrongPartitionsAreDeliveredAndAnsweredOnce() throws Exception {
        try (Installation installation = Installation.create("node");
                RecordingReceiver receiver = new RecordingReceiver();
                Application application = new Application(installation)) {
            for (String organization : ORGANIZATIONS) {
                application.putWebhook(organization, "hook", receiver.url("/ok"), new DeliveryPolicy());
            }
            try (WorkerProcess worker = installation.startWorker("one")) {
                var ended = NodeModules.run(
                        NodeModules.EXAMPLE.resolve("deliver.js"),
                        Duration.ofMinutes(2),
                        "--brokers=" + installation.backend().bootstrapServers(),
                        "--registry=" + installation.backend().registryUrl(),
                        "--prefix=" + installation.topics().prefix(),
                        "--organization=" + String.join(",", ORGANIZATIONS),
                        "--destination=hook",
                        "--count=" + REQUESTS);
                assertThat(ended.exitCode())
                        .as(() -> String.join("\n", ended.output()))
                        .isZero();
                assertThat(ended.output())
                        .filteredOn(line -> line.startsWith("{\"result\""))
                        .hasSize(REQUESTS)
                        .allSatisfy(line -> assertThat(line).contains("\"status\":\"DELIVERED\""));
                assertThat(receiver.receipts()).hasSize(REQUESTS);
                Map<String, List<DeliveryResult>> results =
                        application.results(Duration.ofSeconds(20), found -> found >= REQUESTS);
                assertThat(results)
                        .hasSize(REQUESTS)
                        .allSatisfy((_, each) -> assertThat(each).hasSize(1));
                assertMisplacedOnesWereRekeyed(installation, application);
                worker.stop();
            }
        }
    }

    private static void assertMisplacedOnesWereRekeyed(Installation installation, Application application) {
        AtomicInteger misplaced = new AtomicInteger();
        AtomicInteger rekeyed = new AtomicInteger();
        application.read(installation.topics().requests(), Duration.ofSeconds(10), () -> true, record -> {
            boolean right = Keys.partition(record.key(), Installation.PARTITIONS) == record.partition();
            if (record.headers().lastHeader(Headers.REKEYED) != null) {
                assertThat(right).isTrue();
                rekeyed.incrementAndGet();
            } else if (!right) {
                misplaced.incrementAndGet();
            }
        });
        assertThat(misplaced).as("requests on wrong partitions").hasPositiveValue();
        assertThat(rekeyed).hasValue(misplaced.get());
    }
}
