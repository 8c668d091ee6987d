package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.schemas.Kind;
import dev.waybill.schemas.registry.InMemorySchemaRegistry;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Task;
import dev.waybill.worker.sink.BatchLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Workers, a broker and a clock in one thread, where a seed decides what happens next: everything that can happen in
/// between happens in some order, and a seed that found a fault finds it again.
final class Simulation {

    /// What happened, so that a test can tell that its seeds made it happen.
    record Coverage(
            int attempts,
            int crashes,
            int overflowed,
            int poison,
            int failed,
            int ended,
            int trips,
            int disabled,
            int joined,
            int split) {}

    /// How fast time goes in the end: slowly while something happens, so that nothing is skipped.
    private static final Duration PACE_MIN = Duration.ofMillis(20);

    private static final int ROUNDS_MAX = 5_000;

    private static final Duration PACE_MAX = Duration.ofSeconds(10);

    private final Random random;
    private final HandMovedTime time = new HandMovedTime();
    private final Ledger ledger = new Ledger();
    private final InMemorySchemaRegistry schemas = new InMemorySchemaRegistry();
    private final FlakyRegistry registry = new FlakyRegistry(schemas);
    private final Samples samples = new Samples(schemas);
    private final Samples knowing = new Samples(registry);
    private final List<Destination> destinations = new ArrayList<>();
    private final FakeRouter router;
    private final SimulatedWorker.World world;
    /// By number of the worker; null while it is down.
    private final @Nullable SimulatedWorker[] workers;
    /// Killed ones whose sessions have not expired yet, and whose attempts may still reach the receivers.
    private final List<SimulatedWorker> dead = new ArrayList<>();

    /// Only in some runs: in the others it is seen exactly that nothing is early.
    private final boolean steppedClock;

    private int deliveries;
    private int crashes;

    Simulation(long seed) {
        this.random = new Random(seed);
        this.steppedClock = random.nextInt(3) == 0;
        int count = random.nextInt(1, 5);
        for (int i = 0; i < count; i++) {
            destinations.add(samples.destination("d" + i, policy()));
        }
        this.router = new FakeRouter(samples, destinations, time, ledger);
        FakeBroker broker =
                new FakeBroker(Samples.TOPICS.tasks(Kind.WEBHOOK), random.nextInt(1, 4), random, (records, offsets) -> {
                    ledger.committed(
                            records.stream()
                                    .filter(record -> !record.topic().equals(Samples.TOPICS.destinationHealth()))
                                    .toList(),
                            offsets);
                    records.forEach(router::take);
                });
        SinkLoopSettings settings = new SinkLoopSettings(
                random.nextInt(1, 12),
                random.nextInt(1, 20),
                random.nextInt(1_000, 20_000),
                Duration.ofMillis(random.nextInt(1, 60)),
                Duration.ofMillis(random.nextInt(400)),
                Duration.ofMillis(200));
        this.world = new SimulatedWorker.World(
                broker, time, random, this::codec, ledger, settings, new SimulatedWorker.CountingMetrics(), batches());
        this.workers = new SimulatedWorker[random.nextInt(1, 4)];
    }

    /// A new process knows no schema id yet. To ask for them all takes its time, so most have known them before.
    private Samples codec() {
        return random.nextInt(4) == 0 ? new Samples(registry) : knowing;
    }

    /// Some destinations take several payloads in a call.
    private Map<UUID, BatchLimits> batches() {
        Map<UUID, BatchLimits> limits = new HashMap<>();
        for (Destination destination : destinations) {
            if (random.nextBoolean()) {
                limits.put(
                        destination.id(),
                        new BatchLimits(
                                random.nextInt(1, 8),
                                random.nextInt(1, 20),
                                Duration.ofMillis(random.nextInt(4) * 40L)));
            }
        }
        return limits;
    }

    private DeliveryPolicy policy() {
        boolean limited = random.nextInt(3) == 0;
        return DeliveryPolicy.newBuilder()
                .setMaxAttempts(random.nextInt(1, 4))
                .setDelaysMs(List.of(300L, 1_000L, 6_000L))
                .setTotalTimeoutMs(2_000L)
                .setConcurrency(random.nextInt(1, 5))
                .setMinConcurrency(1)
                .setBreakerFailureRatio(random.nextDouble(0.2, 1))
                .setBreakerMinVolume(random.nextInt(1, 6))
                .setBreakerOpenMs(random.nextLong(100, 5_000))
                .setBreakerProbes(random.nextInt(1, 4))
                .setDisableAfterFailures(random.nextInt(6) == 0 ? random.nextInt(1, 5) : null)
                .setDisableAfterMs(0L)
                .setRatePermits(limited ? random.nextInt(1, 5) : null)
                .setRatePeriodMs(limited ? 1_000L : null)
                .build();
    }

    Coverage run(int steps) {
        time.whileSleeping(this::somethingElse);
        for (int i = 0; i < steps; i++) {
            if (random.nextInt(12) == 0 && deliveries < steps / 12) {
                request();
            }
            happen();
        }
        comeToRest();
        var metrics = world.metrics();
        return new Coverage(
                ledger.attempts(),
                crashes,
                metrics.overflowed,
                metrics.poison,
                metrics.failed,
                ledger.ends(),
                metrics.trips,
                metrics.disabled,
                metrics.joined,
                metrics.split);
    }

    // --- what is asked for -----------------------------------------------------------------------------------------

    private void request() {
        if (random.nextInt(15) == 0) {
            append("no key", new byte[] {0, 0, 0, 0, 77, 1});
            return;
        }
        Destination first = destinations.get(random.nextInt(destinations.size()));
        Destination second = destinations.get(random.nextInt(destinations.size()));
        Destination[] candidates = first.equals(second) ? new Destination[] {first} : new Destination[] {first, second};
        Task task = samples.task("delivery-" + deliveries++, candidates);
        send(random.nextInt(5) == 0 ? task.with(Samples.route(2, candidates)) : task);
    }

    private void send(Task task) {
        String destination = task.route().current();
        append(
                destination,
                samples.records.encode(task, Samples.TOPICS.tasks(Kind.WEBHOOK)).array());
    }

    private void append(String key, byte[] value) {
        List<TopicPartition> partitions = List.copyOf(world.broker().partitions());
        TopicPartition partition = partitions.get(Math.floorMod(key.hashCode(), partitions.size()));
        TaskId id = TaskId.of(partition, world.broker().nextOffset(partition));
        world.broker().append(partition, id.offset(), time.now(), key, value, id.headers());
        ledger.appended(id);
    }

    private void routeDue() {
        for (Task task = router.next(); task != null; task = router.next()) {
            send(task);
        }
    }

    // --- what happens ----------------------------------------------------------------------------------------------

    private void happen() {
        int number = random.nextInt(workers.length);
        SimulatedWorker worker = workers[number];
        switch (random.nextInt(100)) {
            case 0 -> crash(number);
            case 1 -> close(number);
            case 2 -> world.broker().rebalance();
            case 3 -> expireSession();
            case 4, 5, 13, 14 -> breakSomething(worker);
            case 6 -> world.broker().timeOut();
            case 7 -> registry.reachable(false);
            case 8 -> stepClock();
            case 9, 10, 11 -> start(number);
            case 12 -> time.move(Duration.ofMillis(random.nextInt(2_000)));
            default -> {
                if (random.nextBoolean()) {
                    step(number);
                } else {
                    somethingElse();
                }
            }
        }
        routeDue();
        ledger.verify();
    }

    /// What goes on by itself, also while a loop or an attempt sleeps.
    private void somethingElse() {
        if (random.nextInt(4) == 0) {
            registry.reachable(true);
        }
        if (random.nextInt(3) == 0) {
            time.move(Duration.ofMillis(random.nextInt(30)));
        }
        List<SimulatedWorker> busy = new ArrayList<>(dead);
        for (SimulatedWorker worker : workers) {
            if (worker != null) {
                busy.add(worker);
            }
        }
        if (!busy.isEmpty()) {
            busy.get(random.nextInt(busy.size())).endOneAttempt();
        }
    }

    private void step(int number) {
        SimulatedWorker worker = workers[number];
        if (worker == null) {
            return;
        }
        try {
            worker.step();
        } catch (FakeTaskLog.Unreachable _) {
            close(number);
        } catch (FakeTaskLog.Crash _) {
            crash(number);
        }
    }

    private void start(int number) {
        if (workers[number] == null) {
            workers[number] = new SimulatedWorker(world, "worker-" + number);
        }
    }

    private void close(int number) {
        SimulatedWorker worker = workers[number];
        if (worker == null) {
            return;
        }
        try {
            worker.close();
            workers[number] = null;
        } catch (FakeTaskLog.Crash _) {
            crash(number);
        }
    }

    /// Drops the loop on the line it has reached.
    private void crash(int number) {
        SimulatedWorker worker = workers[number];
        if (worker != null) {
            crashes++;
            dead.add(worker);
            workers[number] = null;
        }
    }

    /// Of a dead worker, or of one that is alive and only slow.
    private void expireSession() {
        if (!dead.isEmpty()) {
            world.broker().leave(dead.removeFirst().log());
        } else {
            SimulatedWorker worker = workers[random.nextInt(workers.length)];
            if (worker != null) {
                world.broker().leave(worker.log());
            }
        }
    }

    private void breakSomething(@Nullable SimulatedWorker worker) {
        if (worker != null) {
            var faults = FakeTaskLog.Fault.values();
            worker.log().fail(faults[random.nextInt(faults.length)]);
        }
    }

    private void stepClock() {
        if (steppedClock) {
            time.stepWall(Duration.ofMinutes(random.nextInt(-60, 61)));
        }
    }

    // --- the end ---------------------------------------------------------------------------------------------------

    /// Everything works again. Whatever was asked for has then to come to its end by itself.
    private void comeToRest() {
        registry.reachable(true);
        Duration pace = PACE_MIN;
        for (int round = 0; round < ROUNDS_MAX; round++) {
            world.broker().timeOut();
            while (!dead.isEmpty()) {
                expireSession();
            }
            int attempts = ledger.attempts();
            for (int number = 0; number < workers.length; number++) {
                start(number);
                SimulatedWorker worker = workers[number];
                if (worker != null) {
                    worker.log().failNoMore();
                }
                step(number);
                while (worker != null && worker.running() > 0) {
                    worker.endOneAttempt();
                }
            }
            routeDue();
            ledger.verify();
            if (router.isIdle() && ledger.missing().isEmpty()) {
                assertThat(ledger.ends())
                        .as("deliveries that have come to an end")
                        .isEqualTo(deliveries);
                return;
            }
            pace = ledger.attempts() > attempts ? PACE_MIN : pace.multipliedBy(2);
            pace = pace.compareTo(PACE_MAX) < 0 ? pace : PACE_MAX;
            time.move(pace);
        }
        throw new AssertionError("these tasks never come to an end: " + ledger.missing());
    }
}
