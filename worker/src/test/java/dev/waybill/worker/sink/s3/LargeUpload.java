package dev.waybill.worker.sink.s3;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Payload;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.Sink;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// One attempt to put a large file, in a process of its own that can be killed. It prints a line whenever the file is
/// opened, and the outcome last.
final class LargeUpload {

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private LargeUpload() {}

    /// Makes the attempt.
    ///
    /// @param args the store's URL, the bucket, the file and the size of a part
    public static void main(String[] args) throws Exception {
        Path file = Path.of(args[2]);
        long size = Files.size(file);
        Content content = new Content() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public InputStream open() throws IOException {
                System.out.println("opened");
                return Files.newInputStream(file);
            }
        };
        try (S3Peers peers = new S3Peers();
                Sink sink = peers.aws.open(Samples.destination(
                        Kind.STORAGE,
                        "s3",
                        Map.of(
                                "endpoint",
                                args[0],
                                "path.style",
                                "true",
                                "region",
                                "us-east-1",
                                "bucket",
                                args[1],
                                "key",
                                "large/{{deliveryId}}",
                                "multipart.threshold.bytes",
                                args[3],
                                "multipart.part.bytes",
                                args[3],
                                "access.key.id",
                                peers.secrets.put("id", "AKID"),
                                "secret.access.key",
                                peers.secrets.put("key", "SECRET")),
                        Samples.policy(Kind.STORAGE, Duration.ofSeconds(10), PATIENCE, PATIENCE)))) {
            Payload payload = new Payload(
                    "export", "application/octet-stream", null, file.toUri().toString(), null);
            Attempt attempt = Samples.attempt("d-large", payload, content, Map.of());
            AttemptReport report = Samples.onVirtualThread(() -> sink.deliver(attempt));
            System.out.println(report.outcome());
        }
    }
}
