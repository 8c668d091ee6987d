package dev.waybill.worker.app;

import dev.waybill.worker.config.WorkerConfig;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.SinkProvider;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.file.FileProvider;
import dev.waybill.worker.sink.file.FileRoots;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpLimits;
import dev.waybill.worker.sink.secret.ConfigProviderSecrets;
import dev.waybill.worker.sink.webhook.WebhookProvider;
import java.time.InstantSource;
import java.util.List;

/// All providers of this process, and what they share.
public final class Sinks implements AutoCloseable {

    private final ConfigProviderSecrets secrets;
    private final Dialer dialer;
    private final HttpClient http;
    private final List<SinkProvider> providers;

    private Sinks(WorkerConfig config, InstantSource clock) {
        secrets = ConfigProviderSecrets.of(
                config.secrets().providers(),
                config.secrets().root(),
                config.secrets().allow(),
                ConfigProviderSecrets.CACHE_FOR);
        dialer = new Dialer(new EgressGuard(config.safety().egressAllow(), NameResolver.system()));
        http = new HttpClient(dialer, HttpLimits.DEFAULT);
        providers = List.of(
                new WebhookProvider(http, secrets, clock, Version.current()),
                new FileProvider(new FileRoots(config.safety().fileRoots()), secrets, clock));
    }

    public static Sinks open(WorkerConfig config) {
        return new Sinks(config, InstantSource.system());
    }

    public List<SinkProvider> providers() {
        return providers;
    }

    public Secrets secrets() {
        return secrets;
    }

    @Override
    public void close() {
        providers.forEach(SinkProvider::close);
        try (secrets;
                dialer;
                http) {
            // Closed in reverse order.
        }
    }
}
