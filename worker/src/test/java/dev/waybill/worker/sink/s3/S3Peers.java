package dev.waybill.worker.sink.s3;

import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.aws.AwsClients;
import dev.waybill.worker.sink.aws.AwsIdentities;
import dev.waybill.worker.sink.aws.WorkerIdentity;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpLimits;
import java.time.InstantSource;
import java.util.List;

/// Both providers of S3 with what they share, for tests at loopback peers.
final class S3Peers implements AutoCloseable {

    final FakeSecrets secrets = new FakeSecrets();
    private final Dialer dialer = new Dialer(new EgressGuard(List.of("localhost", "127.0.0.1"), NameResolver.system()));
    private final HttpClient http = new HttpClient(dialer, HttpLimits.DEFAULT);
    private final AwsClients clients = new AwsClients("test");
    private final AwsIdentities identities = new AwsIdentities(secrets, clients, InstantSource.system());
    final S3Provider aws;
    final S3Provider compatible;

    S3Peers() {
        this(WorkerIdentity.none());
    }

    S3Peers(WorkerIdentity allowed) {
        aws = S3Provider.aws(http, secrets, allowed, clients, identities, InstantSource.system());
        compatible = S3Provider.compatible(http, secrets, clients, identities, InstantSource.system());
    }

    @Override
    public void close() {
        aws.close();
        compatible.close();
        identities.close();
        http.close();
        dialer.close();
    }
}
