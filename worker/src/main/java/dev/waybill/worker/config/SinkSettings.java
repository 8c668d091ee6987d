package dev.waybill.worker.config;

import dev.waybill.schemas.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;

/// Settings of the sink processors.
///
/// @param loops          consumers, each with its producer, per kind
/// @param inFlightMax    attempts that one loop makes at a time
/// @param admittedMax    tasks of one partition that are admitted and not yet committed
/// @param admittedBytesSet size of all tasks that a loop may admit; 0 for what the heap allows
/// @param drain          how long a revoked partition's attempts may take to end
/// @param maxBlock       longest time the poll may be blocked
public record SinkSettings(
        Set<Kind> kinds,
        int loops,
        int inFlightMax,
        int admittedMax,
        long admittedBytesSet,
        Duration commitInterval,
        Duration drain,
        Duration maxBlock,
        Duration transactionTimeout,
        Duration sessionTimeout) {

    public static final String KINDS = "sinks.kinds";
    public static final String LOOPS = "sinks.loops";
    public static final String IN_FLIGHT_MAX = "sinks.in.flight.max";
    public static final String ADMITTED_MAX = "partition.admitted.max";
    public static final String ADMITTED_BYTES_MAX = "sinks.admitted.max.bytes";
    public static final String COMMIT_INTERVAL = "sinks.commit.interval.ms";
    public static final String DRAIN = "sinks.drain.ms";
    public static final String MAX_BLOCK = "sinks.max.block.ms";
    public static final String TRANSACTION_TIMEOUT = "sinks.transaction.timeout.ms";
    public static final String SESSION_TIMEOUT = "sinks.session.timeout.ms";

    /// The map of 1 000 offsets stays under 3 000 of the 4 096 bytes that a commit's metadata may have; one byte
    /// more than those kills the producer.
    private static final int ADMITTED_LIMIT = 1_000;

    /// Part of the heap that the tasks of all loops may take together; the other half is for clients, rows and
    /// the router.
    static final double HEAP_SHARE = 0.5;

    /// An admitted task is in memory at most so many times: as the request's bytes, as the payload in them, and
    /// once more while it is sent with others or written to where it waits.
    static final int COPIES = 3;

    /// A few of the largest tasks.
    static final long ADMITTED_BYTES_MIN = 4L << 20;

    /// A thousand slots with a quarter of a MiB each; more than that in one loop keeps no receiver busier.
    static final long ADMITTED_BYTES_MOST = 256L << 20;

    private static final List<String> ALL_KINDS =
            Stream.of(Kind.values()).map(Kind::wireName).toList();

    public SinkSettings {
        kinds = Set.copyOf(kinds);
    }

    static void define(ConfigDef def) {
        new Section(def, "Sinks")
                .setting(
                        KINDS,
                        ConfigDef.Type.LIST,
                        String.join(",", ALL_KINDS),
                        Validators.subsetOf(ALL_KINDS),
                        Importance.MEDIUM,
                        "Kinds of destinations this process delivers to. Every kind in use must be served somewhere.")
                .setting(
                        LOOPS,
                        ConfigDef.Type.INT,
                        1,
                        Validators.between(1, 64),
                        Importance.MEDIUM,
                        "Consumers per kind, each with a producer and a thread of its own.")
                .setting(
                        IN_FLIGHT_MAX,
                        ConfigDef.Type.INT,
                        1_000,
                        Validators.between(1, 100_000),
                        Importance.MEDIUM,
                        "Attempts that one loop makes at a time, each on a virtual thread and with a connection or file of"
                                + " its own, and another file where payloads by reference are allowed: a worker whose"
                                + " limit of open files (ulimit -n) does not allow them does not start.")
                .setting(
                        ADMITTED_MAX,
                        ConfigDef.Type.INT,
                        ADMITTED_LIMIT,
                        Validators.between(1, ADMITTED_LIMIT),
                        Importance.LOW,
                        "Tasks of one partition that may be admitted and not yet committed, queued ones included: what a"
                                + " crash can repeat.")
                .setting(
                        ADMITTED_BYTES_MAX,
                        ConfigDef.Type.LONG,
                        0L,
                        Validators.zeroOrAtLeast(ADMITTED_BYTES_MIN),
                        Importance.MEDIUM,
                        "Bytes of all tasks that one loop has admitted; bounds the heap, where each may be up to three"
                                + " times. A destination or organization that is slow can take a part of it, what does"
                                + " not fit goes to a retry topic. 0: half of the heap ÷ 3 ÷ the loops of this process"
                                + " (`sinks.loops` for each of `sinks.kinds`), between 4 and 256 MiB.")
                .setting(
                        COMMIT_INTERVAL,
                        ConfigDef.Type.LONG,
                        50L,
                        Validators.between(5L, 10_000L),
                        Importance.LOW,
                        "Time between two transactions of a loop.")
                .setting(
                        DRAIN,
                        ConfigDef.Type.LONG,
                        3_000L,
                        Validators.between(0L, 30_000L),
                        Importance.LOW,
                        "How long running attempts may take to end when their partition is taken away or the worker"
                                + " stops; what has not ended is repeated elsewhere.")
                .setting(
                        MAX_BLOCK,
                        ConfigDef.Type.LONG,
                        10_000L,
                        Validators.between(1_000L, 60_000L),
                        Importance.LOW,
                        "Longest time that writing to Kafka may hold up a loop.")
                .setting(
                        TRANSACTION_TIMEOUT,
                        ConfigDef.Type.LONG,
                        5_000L,
                        Validators.between(1_000L, 60_000L),
                        Importance.LOW,
                        "After this the broker ends the transaction of a dead worker; until then it hides later records"
                                + " of others.")
                .setting(
                        SESSION_TIMEOUT,
                        ConfigDef.Type.LONG,
                        10_000L,
                        Validators.between(3_000L, 300_000L),
                        Importance.LOW,
                        "After this a silent worker loses its partitions to the others.");
    }

    /// Size of all tasks that one loop may admit.
    ///
    /// @param heap what the process may use at most, in bytes
    public long admittedBytesMax(long heap) {
        if (admittedBytesSet > 0) {
            return admittedBytesSet;
        }
        long all = Math.max(1, (long) kinds.size() * loops);
        return Math.clamp((long) (HEAP_SHARE * heap) / COPIES / all, ADMITTED_BYTES_MIN, ADMITTED_BYTES_MOST);
    }

    static SinkSettings from(Values values) {
        return new SinkSettings(
                values.list(KINDS).stream()
                        .map(name -> Kind.parse(name).orElseThrow())
                        .collect(Collectors.toUnmodifiableSet()),
                values.integer(LOOPS),
                values.integer(IN_FLIGHT_MAX),
                values.integer(ADMITTED_MAX),
                values.number(ADMITTED_BYTES_MAX),
                values.millis(COMMIT_INTERVAL),
                values.millis(DRAIN),
                values.millis(MAX_BLOCK),
                values.millis(TRANSACTION_TIMEOUT),
                values.millis(SESSION_TIMEOUT));
    }
}
