package dev.waybill.worker.sink.aws;

import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.SinkProvider;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpLimits;
import dev.waybill.worker.sink.s3.S3Provider;
import dev.waybill.worker.sink.ses.SesProvider;
import java.time.InstantSource;
import java.util.List;

/// The providers of AWS as a worker has them that no destination asks for.
final class IdleProviders {

    private IdleProviders() {}

    public static void main(String[] args) {
        FakeSecrets secrets = new FakeSecrets();
        InstantSource clock = InstantSource.system();
        AwsClients clients = new AwsClients("test");
        WorkerIdentity none = WorkerIdentity.none();
        try (Dialer dialer = new Dialer(new EgressGuard(List.of(), NameResolver.system()));
                HttpClient http = new HttpClient(dialer, HttpLimits.DEFAULT);
                AwsIdentities identities = new AwsIdentities(secrets, clients, clock);
                SinkProvider s3 = S3Provider.aws(http, secrets, none, clients, identities, clock);
                SinkProvider compatible = S3Provider.compatible(http, secrets, clients, identities, clock);
                SinkProvider ses = new SesProvider(http, secrets, none, clients, identities, clock)) {
            for (SinkProvider provider : List.of(s3, compatible, ses)) {
                provider.settings().names();
                provider.example();
            }
        }
    }
}
