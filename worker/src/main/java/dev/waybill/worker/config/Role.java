package dev.waybill.worker.config;

import java.util.Locale;

/// What a worker process does. Every process may do all of it, or a part.
public enum Role {
    /// Decides where deliveries go.
    ROUTER,
    /// Makes attempts.
    SINKS,
    /// Moves due tasks out of the retry topics.
    RETRIES,
    /// Keeps the read model in Postgres.
    PROJECTOR,
    /// Serves the REST interface under `/v1`.
    API;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Role parse(String wireName) {
        return valueOf(wireName.toUpperCase(Locale.ROOT));
    }
}
