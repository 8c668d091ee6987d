package dev.waybill.worker.app;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.waybill.schemas.Kind;
import dev.waybill.worker.config.Role;
import dev.waybill.worker.config.SinkSettings;
import dev.waybill.worker.config.WorkerConfig;
import dev.waybill.worker.pool.PoolLimits;
import dev.waybill.worker.sink.http.HttpLimits;
import dev.waybill.worker.sink.smtp.SmtpLimits;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;

/// What the process may have open at a time, and whether that is enough: every attempt that runs needs a file, most of
/// them as a connection, and one by reference needs a second one, for the copy of its payload.
///
/// @param limit files that the process may have open
record Descriptors(WorkerConfig config, long limit) implements StartupChecks.Check {

    /// For brokers, Postgres, REST, jars and the router's state. A quarter grows with the machine; the least is what a
    /// small worker was seen to need, the most what a large one can use.
    private static final int RESERVE_MIN = 256;

    private static final int RESERVE_MAX = 4_096;

    /// Idle connections beyond that save nobody a handshake: they are closed after half a minute.
    private static final int CONNECTIONS_MAX = 8_192;

    /// One in so many of the files there is room for may be a connection to a mail server.
    private static final int MAIL_SHARE = 8;

    /// Connection tests and downloads of a worker that has no sinks.
    private static final int CONCURRENCY_MIN = 16;

    /// Kinds with providers whose attempts take a connection of the HTTP pool. One that writes a file takes none, and
    /// leaves its place to an idle one.
    private static final Set<Kind> WITH_HTTP = Set.of(Kind.WEBHOOK, Kind.EMAIL, Kind.STORAGE);

    /// Those whose connections are their own.
    private static final Set<Kind> OTHERS = Set.of(Kind.TRANSFER);

    /// By what the system allows this process; without a bound where it does not say.
    static Descriptors of(WorkerConfig config) {
        return new Descriptors(
                config,
                ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                        ? unix.getMaxFileDescriptorCount()
                        : Long.MAX_VALUE);
    }

    /// Whether all attempts that may run at a time can have the files they need.
    @Override
    public List<String> faults() {
        long attempts = attempts(WITH_HTTP) + attempts(OTHERS);
        long wanted = attempts + copies();
        if (wanted <= room()) {
            return List.of();
        }
        return List.of(SinkSettings.IN_FLIGHT_MAX + ": " + attempts
                + " attempts at a time need " + wanted + " open files, and of the "
                + limit + " that this process may have " + reserve() + " are for everything else; raise the limit"
                + " (ulimit -n) to " + enoughFor(wanted) + " or lower " + SinkSettings.IN_FLIGHT_MAX);
    }

    /// Bounds of the connections to receivers: one for every attempt, and idle ones as far as there is room.
    PoolLimits http() {
        long concurrency = Math.max(CONCURRENCY_MIN, attempts(WITH_HTTP));
        long total = Math.max(concurrency, Math.min(CONNECTIONS_MAX, room() - attempts(OTHERS) - copies()));
        return HttpLimits.of(Math.toIntExact(concurrency), Math.toIntExact(total));
    }

    /// Bounds of the connections to mail servers: a small share of the room, since few are needed at a time.
    PoolLimits smtp() {
        return SmtpLimits.of(Math.toIntExact(Math.clamp(room() / MAIL_SHARE, CONCURRENCY_MIN, CONNECTIONS_MAX)));
    }

    /// Payloads by reference that may be there at a time: a payload of any attempt may be one, where they are allowed.
    private long copies() {
        boolean allowed = !config.payload().fileRoots().isEmpty()
                || !config.payload().httpHosts().isEmpty();
        return allowed ? attempts(WITH_HTTP) + attempts(OTHERS) : 0;
    }

    private long attempts(Set<Kind> kinds) {
        if (!config.worker().has(Role.SINKS)) {
            return 0;
        }
        long served = config.sinks().kinds().stream().filter(kinds::contains).count();
        return served * config.sinks().loops() * config.sinks().inFlightMax();
    }

    private long room() {
        return limit - reserve();
    }

    private long reserve() {
        return Math.clamp(limit / 4, RESERVE_MIN, RESERVE_MAX);
    }

    private static long enoughFor(long wanted) {
        return wanted + Math.clamp((wanted + 2) / 3, RESERVE_MIN, RESERVE_MAX);
    }
}
