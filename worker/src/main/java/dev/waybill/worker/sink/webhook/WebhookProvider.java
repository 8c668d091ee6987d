package dev.waybill.worker.sink.webhook;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.BatchLimits;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpLine;
import dev.waybill.worker.sink.http.HttpProvider;
import java.time.InstantSource;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/// Delivers by HTTP POST, signed as Standard Webhooks has it.
public final class WebhookProvider extends HttpProvider {

    /// Makes the provider, as [HttpProvider#HttpProvider].
    public WebhookProvider(HttpClient http, Secrets secrets, InstantSource clock, String version) {
        super(http, secrets, clock, version);
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
}
