package dev.waybill.worker.sink.webhook;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.BatchLimits;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.SinkProvider;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpLine;
import java.time.InstantSource;
import java.util.Map;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/// Delivers by HTTP POST, signed as Standard Webhooks has it.
public final class WebhookProvider implements SinkProvider {

    private final HttpClient http;
    private final Secrets secrets;
    private final InstantSource clock;
    private final Header userAgent;

    /// Makes the provider.
    ///
    /// @param http    shared with other providers; whoever made it closes it
    /// @param version Waybill's, for the user agent
    public WebhookProvider(HttpClient http, Secrets secrets, InstantSource clock, String version) {
        this.http = http;
        this.secrets = secrets;
        this.clock = clock;
        this.userAgent = new BasicHeader("User-Agent", "waybill/" + version);
    }

    @Override
    public String provider() {
        return "webhook";
    }

    @Override
    public Kind kind() {
        return Kind.WEBHOOK;
    }

    @Override
    public ConfigDef settings() {
        return WebhookSettings.DEFINITION;
    }

    @Override
    public Map<String, String> example() {
        return Map.of("url", "https://example.com/hooks", "signing.secret", "${dir:/secrets/acme:crm}");
    }

    @Override
    public Sink open(Destination destination) {
        WebhookSettings settings = WebhookSettings.bind(destination, secrets);
        HttpLine line = http.line(settings.trust(), settings.version());
        return new WebhookSink(settings, destination.policy(), line, secrets, clock, userAgent);
    }

    @Override
    public boolean isEncrypted(Destination destination) {
        return WebhookSettings.isEncrypted(destination);
    }

    @Override
    public @Nullable BatchLimits batches(Destination destination, Delivery delivery) {
        return WebhookSettings.batches(destination, delivery);
    }

    /// Nothing to do: its connections belong to the shared client.
    @Override
    public void close() {}
}
