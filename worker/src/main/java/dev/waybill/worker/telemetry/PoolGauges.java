package dev.waybill.worker.telemetry;

import dev.waybill.worker.pool.PoolUse;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import java.util.Map;
import java.util.Map.Entry;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/// Tells how pools of connections are used: what they hold by the OpenTelemetry semantic conventions for database and
/// HTTP clients (of the latter without `server.address`: receivers are many), what those do not name by names of our
/// own.
public final class PoolGauges {

    private static final String POSTGRES = "postgres";
    private static final String HTTP = "http";
    private static final Attributes ALL = Attributes.of(Names.POOL, POSTGRES);
    private static final Attributes USED = Attributes.of(Names.POOL, POSTGRES, Names.CONNECTION_STATE, "used");
    private static final Attributes IDLE = Attributes.of(Names.POOL, POSTGRES, Names.CONNECTION_STATE, "idle");
    private static final Attributes HTTP_ACTIVE = Attributes.of(Names.HTTP_STATE, "active");
    private static final Attributes HTTP_IDLE = Attributes.of(Names.HTTP_STATE, "idle");

    private PoolGauges() {}

    /// Reads the pools whenever metrics are collected.
    ///
    /// @param pools by the name of what they connect to, `postgres` and `http`
    public static void register(Meter meter, Map<String, Supplier<PoolUse>> pools) {
        if (pools.containsKey(POSTGRES)) {
            postgres(meter, pools.get(POSTGRES));
        }
        if (pools.containsKey(HTTP)) {
            http(meter, pools.get(HTTP));
        }
        all(meter, pools);
    }

    private static void postgres(Meter meter, Supplier<PoolUse> pool) {
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

    private static void http(Meter meter, Supplier<PoolUse> pool) {
        meter.upDownCounterBuilder(Names.HTTP_CONNECTIONS)
                .setDescription("Connections to receivers, by whether they are used")
                .setUnit("{connection}")
                .buildWithCallback(count -> {
                    PoolUse use = pool.get();
                    count.record(use.inUse(), HTTP_ACTIVE);
                    count.record(use.idle(), HTTP_IDLE);
                });
    }

    private static void all(Meter meter, Map<String, Supplier<PoolUse>> pools) {
        gauge(meter, pools, Names.POOL_MAX, "{connection}", "Connections at most", PoolUse::max);
        gauge(meter, pools, Names.POOL_WAITING, "{request}", "Callers who wait for a connection", PoolUse::waiting);
        counter(
                meter,
                pools,
                Names.POOL_WAITS,
                "{request}",
                "Callers who had to wait",
                use -> use.totals().waits());
        counter(
                meter,
                pools,
                Names.POOL_CREATED,
                "{connection}",
                "Connections made",
                use -> use.totals().created());
        counter(
                meter,
                pools,
                Names.POOL_REUSED,
                "{request}",
                "Callers who got a connection used before",
                use -> use.totals().reused());
        counter(
                meter,
                pools,
                Names.POOL_BROKEN,
                "{connection}",
                "Connections that failed or were found closed",
                use -> use.totals().broken());
        counter(
                meter,
                pools,
                Names.POOL_EVICTED,
                "{connection}",
                "Connections closed for their age or to make room",
                use -> use.totals().evicted());
        meter.counterBuilder(Names.POOL_WAITED)
                .ofDoubles()
                .setDescription("How long callers waited for a connection, all together")
                .setUnit("s")
                .buildWithCallback(seconds -> pools.forEach((name, pool) ->
                        seconds.record(pool.get().totals().waited().toNanos() / 1e9, named(name))));
    }

    private static void gauge(
            Meter meter,
            Map<String, Supplier<PoolUse>> pools,
            String name,
            String unit,
            String description,
            ToLongFunction<PoolUse> read) {
        meter.upDownCounterBuilder(name)
                .setDescription(description)
                .setUnit(unit)
                .buildWithCallback(value -> {
                    for (Entry<String, Supplier<PoolUse>> pool : pools.entrySet()) {
                        value.record(read.applyAsLong(pool.getValue().get()), named(pool.getKey()));
                    }
                });
    }

    private static void counter(
            Meter meter,
            Map<String, Supplier<PoolUse>> pools,
            String name,
            String unit,
            String description,
            ToLongFunction<PoolUse> read) {
        meter.counterBuilder(name).setDescription(description).setUnit(unit).buildWithCallback(value -> {
            for (Entry<String, Supplier<PoolUse>> pool : pools.entrySet()) {
                value.record(read.applyAsLong(pool.getValue().get()), named(pool.getKey()));
            }
        });
    }

    private static Attributes named(String pool) {
        return Attributes.of(Names.WAYBILL_POOL, pool);
    }
}
