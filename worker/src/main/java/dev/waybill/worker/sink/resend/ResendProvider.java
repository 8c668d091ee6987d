package dev.waybill.worker.sink.resend;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.BatchLimits;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.SinkProvider;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpVersion;
import java.time.InstantSource;
import java.util.Map;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/// Delivers e-mail by [Resend](https://resend.com/docs/api-reference).
public final class ResendProvider implements SinkProvider {

    private final HttpClient http;
    private final Secrets secrets;
    private final InstantSource clock;
    private final Header userAgent;

    /// Makes the provider.
    ///
    /// @param http    shared with other providers; whoever made it closes it
    /// @param version Waybill's, for the user agent
    public ResendProvider(HttpClient http, Secrets secrets, InstantSource clock, String version) {
        this.http = http;
        this.secrets = secrets;
        this.clock = clock;
        this.userAgent = new BasicHeader("User-Agent", "waybill/" + version);
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
        return new ResendSink(
                settings,
                destination.policy(),
                http.line(settings.trust(), HttpVersion.AUTO),
                secrets,
                clock,
                userAgent);
    }

    @Override
    public boolean isEncrypted(Destination destination) {
        return ResendSettings.isEncrypted(destination);
    }

    @Override
    public @Nullable BatchLimits batches(Destination destination, Delivery delivery) {
        return ResendSettings.batches(destination, delivery);
    }

    /// Nothing to do: its connections belong to the shared client.
    @Override
    public void close() {}
}
