package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryAttempt;
import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.schemas.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What a producer writes is what arrives, byte for byte, and what is hashed.
class PayloadIdentityTest {

    private static final int INLINE_MAX = 512 * 1024;

    @Test
    void bytesAndTypeArriveAsTheyWereWritten() throws Exception {
        Map<String, byte[]> payloads = Map.of(
                "one", new byte[] {0},
                "json", "{ \"b\":1.10,\"a\" : 1e400, \"b\":2}\r\n".getBytes(StandardCharsets.UTF_8),
                "every-byte", everyByte(),
                "largest", random(INLINE_MAX));
        try (Installation installation = Installation.create("identity");
                RecordingReceiver receiver = new RecordingReceiver();
                Application application = new Application(installation)) {
            Path folder = installation.directory().resolve("files").resolve("acme");
            application.putWebhook("acme", "hook", receiver.url("/ok"), new DeliveryPolicy());
            application.put(
                    "acme",
                    "archive",
                    Kind.STORAGE,
                    "file",
                    Map.of("directory", folder.toString()),
                    new DeliveryPolicy());
            Files.createDirectories(folder);
            try (WorkerProcess worker = installation.startWorker("one")) {
                payloads.forEach((id, body) ->
                        application.request(id, "acme", List.of("hook", "archive"), "application/x-" + id, body));
                application.request("too-large", "acme", List.of("hook"), "text/plain", random(INLINE_MAX + 1));
                application.flush();
                Map<String, List<DeliveryResult>> results =
                        application.results(Duration.ofSeconds(60), found -> found >= payloads.size() + 1);
                for (Map.Entry<String, byte[]> sent : payloads.entrySet()) {
                    String id = sent.getKey();
                    DeliveryResult result = results.getOrDefault(id, List.of()).getFirst();
                    assertThat(result.getStatus()).as(id).isEqualTo("DELIVERED");
                    assertThat(result.getPayloadHash()).isEqualTo(sha256(sent.getValue()));
                    assertThat(hashesOfEvents(installation, application, id)).containsOnly(sha256(sent.getValue()));
                    assertThat(receiver.received(id).body()).isEqualTo(sent.getValue());
                    assertThat(receiver.received(id).contentType()).isEqualTo("application/x-" + id);
                    assertThat(Files.readAllBytes(file(folder, id))).isEqualTo(sent.getValue());
                }
                DeliveryResult tooLarge =
                        results.getOrDefault("too-large", List.of()).getFirst();
                assertThat(tooLarge.getStatus()).isEqualTo("REJECTED");
                assertThat(tooLarge.getReason()).startsWith("oversize");
                worker.stop();
            }
        }
    }

    /// What the events of a delivery say, by which its rows are made.
    private static List<String> hashesOfEvents(Installation installation, Application application, String deliveryId) {
        List<String> hashes = new ArrayList<>();
        application.read(installation.topics().attempts(), Duration.ofSeconds(10), () -> true, record -> {
            if (record.key().equals(deliveryId)) {
                hashes.add(String.valueOf(application
                        .codec()
                        .decode(record.value(), DeliveryAttempt.class)
                        .getPayloadHash()));
            }
        });
        return hashes;
    }

    private static Path file(Path folder, String deliveryId) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(path -> path.getFileName().toString().startsWith(deliveryId))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static byte[] everyByte() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        return all;
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
