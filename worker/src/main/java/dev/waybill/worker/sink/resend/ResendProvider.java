package dev.waybill.worker.sink.resend;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.BatchLimits;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpProvider;
import dev.waybill.worker.sink.http.JsonApi;
import java.time.InstantSource;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/// Delivers e-mail by [Resend](https://resend.com/docs/api-reference).
public final class ResendProvider extends HttpProvider {

    /// Makes the provider, as [HttpProvider#HttpProvider].
    public ResendProvider(HttpClient http, Secrets secrets, InstantSource clock, String version) {
        super(http, secrets, clock, version);
    }

    @Override
    public String provider() {
        return "resend";
    }

    @Override
    public Kind kind() {
        return Kind.EMAIL;
    }

    @Override
    public ConfigDef settings() {
        return ResendSettings.DEFINITION;
    }

    @Override
    public Map<String, String> example() {
        return Map.of(
                "api.key", "${dir:/secrets/acme:resend}",
                "from", "Reports <reports@example.com>",
                "to", "office@example.com",
                "subject", "{{payload.type}} for {{metadata.customer}}");
    }

    @Override
    public Sink open(Destination destination) {
        ResendSettings settings = ResendSettings.bind(destination, secrets);
        JsonApi api = api(settings.api(), destination.policy());
        return new ResendSink(settings, api, clock);
    }

    @Override
    public boolean isEncrypted(Destination destination) {
        return ResendSettings.isEncrypted(destination);
    }

    @Override
    public @Nullable BatchLimits batches(Destination destination, Delivery delivery) {
        return ResendSettings.batches(destination, delivery);
    }
}
