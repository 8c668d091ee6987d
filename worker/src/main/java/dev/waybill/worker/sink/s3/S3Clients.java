package dev.waybill.worker.sink.s3;

import dev.waybill.worker.sink.aws.AwsClients;
import dev.waybill.worker.sink.aws.ClientCache;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;

/// The clients of S3. All of them send plain bodies: what the SDK would add of its own (checksums in trailers, bodies
/// cut
/// into signed chunks) is stored as content by some compatible services. Checksums are ours and travel as headers.
final class S3Clients implements AutoCloseable {

    private record At(String region, @Nullable URI endpoint, boolean pathStyle) {}

    private final ClientCache<At, S3Client> clients;

    S3Clients(AwsClients aws) {
        this.clients = new ClientCache<>(at -> aws.build(
                S3Client.builder()
                        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                        .serviceConfiguration(S3Configuration.builder()
                                .pathStyleAccessEnabled(at.pathStyle())
                                .chunkedEncodingEnabled(false)
                                .expectContinueEnabled(false)
                                .build()),
                at.region(),
                at.endpoint()));
    }

    S3Client get(S3Settings settings) {
        return clients.get(new At(settings.aws().region(), settings.aws().endpoint(), settings.pathStyle()));
    }

    @Override
    public void close() {
        clients.close();
    }
}
