package dev.waybill.worker.projector.store;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.postgresql.client.SSLMode;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ValidationDepth;
import io.r2dbc.spi.Wrapped;
import java.time.Duration;
import java.util.Map;

/// How connections are made.
final class Connections {

    /// Idle connections are given back, so that a quiet worker does not hold all it once needed.
    private static final Duration IDLE = Duration.ofMinutes(5);

    /// So that connections move to a new primary, a new address or a new password without a restart.
    private static final Duration LIFE = Duration.ofMinutes(30);

    private Connections() {}

    static ConnectionPool pool(DatabaseSettings settings) {
        var factory = new PostgresqlConnectionFactory(configuration(settings));
        return new ConnectionPool(ConnectionPoolConfiguration.builder(factory)
                .initialSize(0)
                .minIdle(0)
                .maxSize(settings.poolMax())
                // Callers are the projector and a few API threads; one who waits longer is told so.
                .maxAcquireTime(settings.bounds().connect().multipliedBy(2))
                .maxCreateConnectionTime(settings.bounds().connect())
                .maxIdleTime(IDLE)
                .maxLifeTime(LIFE)
                // The projector tries again itself, and says so.
                .acquireRetry(0)
                .validationDepth(ValidationDepth.LOCAL)
                .build());
    }

    private static PostgresqlConnectionConfiguration configuration(DatabaseSettings settings) {
        var builder = PostgresqlConnectionConfiguration.builder()
                .host(settings.host())
                .port(settings.port())
                .database(settings.database())
                .username(settings.user())
                .password(settings.password())
                .applicationName("waybill")
                .connectTimeout(settings.bounds().connect())
                .tcpKeepAlive(true)
                .tcpNoDelay(true)
                .options(sessionOptions(settings.bounds()));
        Map<String, String> parameters = settings.parameters();
        String sslMode = parameters.get("sslmode");
        if (sslMode != null) {
            builder.sslMode(SSLMode.fromValue(sslMode));
        }
        String rootCertificate = parameters.get("sslrootcert");
        if (rootCertificate != null) {
            builder.sslRootCert(rootCertificate);
        }
        return builder.build();
    }

    private static Map<String, String> sessionOptions(DatabaseSettings.Bounds bounds) {
        return Map.of(
                "datestyle",
                "ISO",
                "timezone",
                "UTC",
                "statement_timeout",
                Long.toString(bounds.statement().toMillis()),
                "lock_timeout",
                Long.toString(bounds.statement().toMillis()),
                // A worker that died without saying so must not keep its locks.
                "idle_in_transaction_session_timeout",
                Long.toString(bounds.transaction().toMillis()),
                // Rows and offsets are one transaction: if a crash of the server takes both, both are read again.
                "synchronous_commit",
                "off");
    }

    /// The connection behind one of the pool.
    static Connection physical(Connection pooled) {
        return pooled instanceof Wrapped<?> wrapped && wrapped.unwrap() instanceof Connection connection
                ? connection
                : pooled;
    }
}
