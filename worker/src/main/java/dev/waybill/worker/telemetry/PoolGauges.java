package dev.waybill.worker.telemetry;

import dev.waybill.worker.projector.store.PoolUse;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import java.util.function.Supplier;

/// Tells how much of the pool of Postgres connections is used, by the OpenTelemetry semantic conventions for database
/// client metrics.
public final class PoolGauges {

    private static final String POOL = "postgres";
    private static final Attributes ALL = Attributes.of(Names.POOL, POOL);
    private static final Attributes USED = Attributes.of(Names.POOL, POOL, Names.CONNECTION_STATE, "used");
    private static final Attributes IDLE = Attributes.of(Names.POOL, POOL, Names.CONNECTION_STATE, "idle");

    private PoolGauges() {}

    /// Reads the pool whenever metrics are collected.
    public static void register(Meter meter, Supplier<PoolUse> pool) {
        meter.upDownCounterBuilder(Names.CONNECTIONS)
                .setDescription("Connections to Postgres, by whether they are used")
                .setUnit("{connection}")
                .buildWithCallback(count -> {
                    PoolUse use = pool.get();
                    count.record(use.inUse(), USED);
                    count.record(use.idle(), IDLE);
                });
        meter.upDownCounterBuilder(Names.CONNECTIONS_MAX)
                .setDescription("Connections to Postgres at most")
                .setUnit("{connection}")
                .buildWithCallback(max -> max.record(pool.get().max(), ALL));
        meter.upDownCounterBuilder(Names.CONNECTIONS_PENDING)
                .setDescription("Callers who wait for a connection to Postgres")
                .setUnit("{request}")
                .buildWithCallback(waiting -> waiting.record(pool.get().waiting(), ALL));
    }
}
