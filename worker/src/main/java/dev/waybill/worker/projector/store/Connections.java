package dev.waybill.worker.projector.store;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.postgresql.client.SSLMode;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.Wrapped;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.pool.PooledRefMetadata;

/// How connections are made, and when they are given up.
///
/// One that fails says something about the others too: a server that went away without a word leaves all of them half
/// open, and each would cost somebody the time to find that out. So all that are as old are closed instead of used.
///
/// Their age is told by a clock that only goes forward: after a step of the wall clock, connections that were just made
/// would be older than the one that failed.
final class Connections {

    /// Idle connections are given back, so that a quiet worker does not hold all it once needed.
    private static final Duration IDLE = Duration.ofMinutes(5);

    /// So that connections move to a new primary, a new address or a new password without a restart.
    private static final Duration LIFE = Duration.ofMinutes(30);

    private final Clock clock;
    private final ConnectionPool pool;
    private final LongAdder created = new LongAdder();
    private final AtomicLong suspectBefore = new AtomicLong(Long.MIN_VALUE);

    Connections(DatabaseSettings settings, Clock clock) {
        this.clock = clock;
        var factory = new Counted(new PostgresqlConnectionFactory(configuration(settings)), created);
        this.pool = new ConnectionPool(ConnectionPoolConfiguration.builder(factory)
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
                .clock(clock)
                .customizer(builder -> builder.evictionPredicate((_, usage) -> isOver(usage)))
                .build());
    }

    private boolean isOver(PooledRefMetadata usage) {
        return usage.idleTime() >= IDLE.toMillis()
                || usage.lifeTime() >= LIFE.toMillis()
                || usage.allocationTimestamp() <= suspectBefore.get();
    }

    ConnectionPool pool() {
        return pool;
    }

    /// None that was made until now is used again.
    void suspect() {
        suspectBefore.set(clock.millis());
    }

    long created() {
        return created.sum();
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

    /// No connection could be made: that says nothing about those there are. The server may have enough of them.
    static final class NotConnectedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotConnectedException(Throwable cause) {
            super(cause.getMessage(), cause);
        }
    }

    /// Counts the connections it makes.
    private record Counted(ConnectionFactory factory, LongAdder created) implements ConnectionFactory {

        @Override
        public Publisher<? extends Connection> create() {
            return Mono.from(factory.create())
                    .doOnNext(_ -> created.increment())
                    .onErrorMap(NotConnectedException::new);
        }

        @Override
        public ConnectionFactoryMetadata getMetadata() {
            return factory.getMetadata();
        }
    }
}
