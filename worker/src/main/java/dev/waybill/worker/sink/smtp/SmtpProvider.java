package dev.waybill.worker.sink.smtp;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.SinkProvider;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.oauth.AccessTokens;
import dev.waybill.worker.sink.tls.Tls;
import java.time.InstantSource;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;

/// Delivers e-mail to any server that speaks SMTP (RFC 5321, RFC 6409).
public final class SmtpProvider implements SinkProvider {

    private final SmtpClient client;
    private final HttpClient http;
    private final AccessTokens tokens;
    private final Secrets secrets;
    private final InstantSource clock;

    /// Makes the provider.
    ///
    /// @param client whoever made it closes it
    /// @param http   by which access tokens are asked for; likewise
    /// @param tokens that are kept
    public SmtpProvider(SmtpClient client, HttpClient http, AccessTokens tokens, Secrets secrets, InstantSource clock) {
        this.client = client;
        this.http = http;
        this.tokens = tokens;
        this.secrets = secrets;
        this.clock = clock;
    }

    @Override
    public String provider() {
        return "smtp";
    }

    @Override
    public Kind kind() {
        return Kind.EMAIL;
    }

    @Override
    public ConfigDef settings() {
        return SmtpSettings.DEFINITION;
    }

    @Override
    public Map<String, String> example() {
        return Map.of(
                "host", "smtp.example.com",
                "username", "reports@example.com",
                "password", "${dir:/secrets/acme:smtp}",
                "from", "Reports <reports@example.com>",
                "to", "office@example.com",
                "subject", "{{payload.type}} for {{metadata.customer}}");
    }

    @Override
    public Sink open(Destination destination) {
        SmtpSettings settings = SmtpSettings.bind(destination, secrets);
        Tls anonymous = settings.trust() == null ? client.system() : new Tls(settings.trust(), null);
        return new SmtpSink(
                settings, destination.policy(), client.line(), anonymous, tokens, http.line(), secrets, clock);
    }

    @Override
    public boolean isEncrypted(Destination destination) {
        return SmtpSettings.isEncrypted(destination);
    }

    /// Nothing to do: its connections belong to the client.
    @Override
    public void close() {}
}
