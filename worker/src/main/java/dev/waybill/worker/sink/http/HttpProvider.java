package dev.waybill.worker.sink.http;

import dev.waybill.topology.policy.Policy;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.SinkProvider;
import java.time.InstantSource;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;

/// What providers that speak HTTP have in common: the client that they share, and what each request begins with.
public abstract class HttpProvider implements SinkProvider {

    protected final HttpClient http;
    protected final Secrets secrets;
    protected final InstantSource clock;
    protected final Header userAgent;

    /// Makes the provider.
    ///
    /// @param http    shared with other providers; whoever made it closes it
    /// @param version Waybill's, for the user agent
    protected HttpProvider(HttpClient http, Secrets secrets, InstantSource clock, String version) {
        this.http = http;
        this.secrets = secrets;
        this.clock = clock;
        this.userAgent = new BasicHeader("User-Agent", "waybill/" + version);
    }

    /// The calls of a destination behind an API with a key.
    protected final JsonApi api(ApiSettings settings, Policy policy) {
        return new JsonApi(settings, policy, http.line(settings.trust(), HttpVersion.AUTO), secrets, clock, userAgent);
    }

    /// Nothing to do: its connections belong to the shared client.
    @Override
    public final void close() {}
}
