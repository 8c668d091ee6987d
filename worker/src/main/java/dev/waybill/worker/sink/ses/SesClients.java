package dev.waybill.worker.sink.ses;

import dev.waybill.worker.sink.aws.AwsClients;
import dev.waybill.worker.sink.aws.ClientCache;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sesv2.SesV2Client;

/// The clients of SES, one for each region and endpoint.
final class SesClients implements AutoCloseable {

    private record At(String region, @Nullable URI endpoint) {}

    private final ClientCache<At, SesV2Client> clients;

    SesClients(AwsClients aws) {
        this.clients = new ClientCache<>(at -> aws.build(SesV2Client.builder(), at.region(), at.endpoint()));
    }

    SesV2Client get(SesSettings settings) {
        return clients.get(new At(settings.aws().region(), settings.aws().endpoint()));
    }

    @Override
    public void close() {
        clients.close();
    }
}
