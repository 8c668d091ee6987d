package dev.waybill.worker.sink.sendgrid;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpProvider;
import java.time.InstantSource;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;

/// Delivers e-mail by [SendGrid](https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send).
public final class SendGridProvider extends HttpProvider {

    /// Makes the provider, as [HttpProvider#HttpProvider].
    public SendGridProvider(HttpClient http, Secrets secrets, InstantSource clock, String version) {
        super(http, secrets, clock, version);
    }

    @Override
    public String provider() {
        return "sendgrid";
    }

    @Override
    public Kind kind() {
        return Kind.EMAIL;
    }

    @Override
    public ConfigDef settings() {
        return SendGridSettings.DEFINITION;
    }

    @Override
    public Map<String, String> example() {
        return Map.of(
                "api.key", "${dir:/secrets/acme:sendgrid}",
                "from", "Reports <reports@example.com>",
                "to", "office@example.com",
                "subject", "{{payload.type}} for {{metadata.customer}}");
    }

    @Override
    public Sink open(Destination destination) {
        SendGridSettings settings = SendGridSettings.bind(destination, secrets);
        return new SendGridSink(settings, api(settings.api(), destination.policy()), clock);
    }

    @Override
    public boolean isEncrypted(Destination destination) {
        return SendGridSettings.isEncrypted(destination);
    }
}
