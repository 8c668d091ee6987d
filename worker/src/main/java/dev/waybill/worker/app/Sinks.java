package dev.waybill.worker.app;

import dev.waybill.worker.config.SafetySettings;
import dev.waybill.worker.sink.SecretNotAllowedException;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.SinkProvider;
import java.util.List;

/// All providers of this process, and what they share.
public record Sinks(List<SinkProvider> providers, Secrets secrets) implements AutoCloseable {

    public Sinks {
        providers = List.copyOf(providers);
    }

    /// One line for each provider.
    public static Sinks open(SafetySettings settings) {
        // The providers join here.
        return new Sinks(List.of(), new NoSecrets());
    }

    @Override
    public void close() {
        providers.forEach(SinkProvider::close);
    }

    /// Allows no reference.
    private static final class NoSecrets implements Secrets {
        @Override
        public String resolve(String organizationId, String reference) {
            throw new SecretNotAllowedException("no secrets are configured");
        }

        @Override
        public void check(String organizationId, String reference) {
            throw new SecretNotAllowedException("no secrets are configured");
        }
    }
}
