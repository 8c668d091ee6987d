package dev.waybill.worker.sink.ses;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.SinkProvider;
import dev.waybill.worker.sink.aws.AwsClients;
import dev.waybill.worker.sink.aws.AwsIdentities;
import dev.waybill.worker.sink.aws.AwsSettings;
import dev.waybill.worker.sink.aws.WorkerIdentity;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpVersion;
import java.time.InstantSource;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;

/// Delivers e-mail by [Amazon SES](https://docs.aws.amazon.com/ses/latest/APIReference-V2/).
public final class SesProvider implements SinkProvider {

    private final HttpClient http;
    private final Secrets secrets;
    private final WorkerIdentity allowed;
    private final SesClients clients;
    private final AwsIdentities identities;
    private final InstantSource clock;

    /// Makes the provider.
    ///
    /// @param http       shared with other providers; whoever made it closes it
    /// @param allowed    who may use the worker's own identity
    /// @param identities likewise shared
    public SesProvider(
            HttpClient http,
            Secrets secrets,
            WorkerIdentity allowed,
            AwsClients clients,
            AwsIdentities identities,
            InstantSource clock) {
        this.http = http;
        this.secrets = secrets;
        this.allowed = allowed;
        this.clients = new SesClients(clients);
        this.identities = identities;
        this.clock = clock;
    }

    @Override
    public String provider() {
        return "ses";
    }

    @Override
    public Kind kind() {
        return Kind.EMAIL;
    }

    @Override
    public ConfigDef settings() {
        return SesSettings.DEFINITION;
    }

    @Override
    public Map<String, String> example() {
        return Map.of(
                "region", "eu-central-1",
                "access.key.id", "${dir:/secrets/acme:aws-key-id}",
                "secret.access.key", "${dir:/secrets/acme:aws-secret-key}",
                "from", "Reports <reports@example.com>",
                "to", "office@example.com",
                "subject", "{{payload.type}} for {{metadata.customer}}");
    }

    @Override
    public Sink open(Destination destination) {
        SesSettings settings = SesSettings.bind(destination, secrets, allowed);
        return new SesSink(
                settings,
                destination.policy(),
                http.line(settings.trust(), HttpVersion.ONE),
                clients,
                identities,
                clock);
    }

    @Override
    public boolean isEncrypted(Destination destination) {
        return AwsSettings.isEncrypted(destination);
    }

    @Override
    public void close() {
        clients.close();
    }
}
