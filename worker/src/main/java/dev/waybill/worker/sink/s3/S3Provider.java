package dev.waybill.worker.sink.s3;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.BatchLimits;
import dev.waybill.worker.sink.BatchSettings;
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
import org.jspecify.annotations.Nullable;

/// Delivers into buckets of [S3](https://docs.aws.amazon.com/AmazonS3/latest/API/), or of what is compatible with it.
///
/// Of the SDK only the names are loaded before a destination is used.
public final class S3Provider implements SinkProvider {

    private final boolean isAws;
    private final HttpClient http;
    private final Secrets secrets;
    private final WorkerIdentity allowed;
    private final AwsIdentities identities;
    private final S3Clients clients;
    private final InstantSource clock;

    private S3Provider(
            boolean isAws,
            HttpClient http,
            Secrets secrets,
            WorkerIdentity allowed,
            AwsClients clients,
            AwsIdentities identities,
            InstantSource clock) {
        this.isAws = isAws;
        this.http = http;
        this.secrets = secrets;
        this.allowed = allowed;
        this.identities = identities;
        this.clients = new S3Clients(clients);
        this.clock = clock;
    }

    /// The provider `s3`.
    ///
    /// @param http       shared with other providers; whoever made it closes it
    /// @param allowed    who may use the worker's own identity
    /// @param identities likewise shared
    public static S3Provider aws(
            HttpClient http,
            Secrets secrets,
            WorkerIdentity allowed,
            AwsClients clients,
            AwsIdentities identities,
            InstantSource clock) {
        return new S3Provider(true, http, secrets, allowed, clients, identities, clock);
    }

    /// The provider `s3-compatible`.
    public static S3Provider compatible(
            HttpClient http, Secrets secrets, AwsClients clients, AwsIdentities identities, InstantSource clock) {
        return new S3Provider(false, http, secrets, WorkerIdentity.none(), clients, identities, clock);
    }

    @Override
    public String provider() {
        return isAws ? "s3" : "s3-compatible";
    }

    @Override
    public Kind kind() {
        return Kind.STORAGE;
    }

    @Override
    public ConfigDef settings() {
        return isAws ? S3Settings.AWS : S3Settings.COMPATIBLE;
    }

    @Override
    public Map<String, String> example() {
        Map<String, String> keys = Map.of(
                "access.key.id",
                "${dir:/secrets/acme:aws-key-id}",
                "secret.access.key",
                "${dir:/secrets/acme:aws-secret-key}");
        return isAws
                ? Map.of(
                        "bucket",
                        "acme-reports",
                        "region",
                        "eu-central-1",
                        "access.key.id",
                        keys.get("access.key.id"),
                        "secret.access.key",
                        keys.get("secret.access.key"))
                : Map.of(
                        "endpoint",
                        "https://s3.example.com",
                        "bucket",
                        "acme-reports",
                        "access.key.id",
                        keys.get("access.key.id"),
                        "secret.access.key",
                        keys.get("secret.access.key"));
    }

    @Override
    public Sink open(Destination destination) {
        S3Settings settings = isAws
                ? S3Settings.bindAws(destination, secrets, allowed)
                : S3Settings.bindCompatible(destination, secrets);
        return new S3Sink(
                settings,
                destination.policy(),
                http.line(settings.trust(), HttpVersion.ONE),
                http.line(settings.trust(), HttpVersion.ONE),
                clients,
                identities,
                clock);
    }

    @Override
    public boolean isEncrypted(Destination destination) {
        return AwsSettings.isEncrypted(destination)
                && (isAws || destination.settings().containsKey(AwsSettings.ENDPOINT));
    }

    @Override
    public @Nullable BatchLimits batches(Destination destination, Delivery delivery) {
        BatchFormat format = BatchFormat.of(BatchSettings.format(destination));
        return format != null && format.takes(delivery.request().payload())
                ? S3Settings.BATCHES.limits(destination)
                : null;
    }

    @Override
    public void close() {
        clients.close();
    }
}
