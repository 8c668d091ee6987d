package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.local.examples.Programs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The example in Java, as a program of its own, against a worker.
class JavaExampleTest {

    @Test
    void theRequestIsDeliveredAndAnswered() {
        try (Installation installation = Installation.create("java");
                RecordingReceiver receiver = new RecordingReceiver();
                Application application = new Application(installation)) {
            application.putWebhook("acme", "hook", receiver.url("/ok"), new DeliveryPolicy());
            try (WorkerProcess worker = installation.startWorker("one")) {
                var ended = Programs.run(
                        Path.of("../../docs/examples/java"),
                        Duration.ofMinutes(2),
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                "-Dprefix=" + installation.topics().prefix(),
                                "Deliver.java",
                                installation.backend().bootstrapServers(),
                                installation.backend().registryUrl(),
                                "acme",
                                "hook"));
                assertThat(ended.exitCode())
                        .as(() -> String.join("\n", ended.output()))
                        .isZero();
                assertThat(ended.output())
                        .anySatisfy(
                                line -> assertThat(line).startsWith("result {").contains("DELIVERED"));
                assertThat(receiver.receipts()).hasSize(1);
                worker.stop();
            }
        }
    }
}
