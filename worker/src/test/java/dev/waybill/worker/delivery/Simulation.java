package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.Keys;
import dev.waybill.schemas.Kind;
import dev.waybill.schemas.registry.InMemorySchemaRegistry;
import dev.waybill.topology.model.Health;
import dev.waybill.topology.model.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
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
            int split,
            int together,
            int probes,
            int cleanMoves,
            int repeated) {}

    /// How fast time goes in the end: slowly while something happens, so that nothing is skipped.
    private static final Duration PACE_MIN = Duration.ofMillis(40);

    /// What is always known, whatever the seed: to learn it anew for each takes a fifth of the time.
    private static final InMemorySchemaRegistry SCHEMAS = new InMemorySchemaRegistry();

    private static final Samples SAMPLES = new Samples(SCHEMAS);

    private static final int ROUNDS_MAX = 5_000;

    private static final Duration PACE_MAX = Duration.ofSeconds(10);

    private final Random random;
    private final HandMovedTime time = new HandMovedTime();
    private final Objections objections = new Objections();
    private final Samples samples = SAMPLES;
    private final FlakyRegistry registry = new FlakyRegistry(SCHEMAS);
    private final SimulatedDemand demand;
    private final Ledger ledger;
    private final RouteBook routes = new RouteBook(objections);
    private final LaneWatch lanes = new LaneWatch(objections);
    private final FakeRouter router;
    private final SimulatedWorker.World world;
    /// By number of the worker; null while it is down.
    private final @Nullable SimulatedWorker[] workers;
    /// Killed ones whose sessions have not expired yet, and whose attempts may still reach the receivers.
    private final List<SimulatedWorker> dead = new ArrayList<>();

    /// Only in some runs: in the others it is seen exactly that nothing is early.
    private final boolean steppedClock;

    private int crashes;

    Simulation(long seed) {
        this.random = new Random(seed);
        this.steppedClock = random.nextInt(3) == 0;
        this.demand = new SimulatedDemand(random, samples);
        this.router = new FakeRouter(samples, demand.destinations(), time, routes);
        SinkLoopSettings settings = new SinkLoopSettings(
                random.nextInt(1, 40),
                random.nextInt(1, 30),
                random.nextInt(1_000, 20_000),
                Duration.ofMillis(random.nextInt(1, 60)),
                Duration.ofMillis(random.nextInt(400)),
                Duration.ofMillis(200));
        this.ledger = new Ledger(objections, settings.admittedMax());
        FakeBroker broker =
                new FakeBroker(Samples.TOPICS.tasks(Kind.WEBHOOK), random.nextInt(1, 4), random, this::committed);
        this.world = new SimulatedWorker.World(
                broker,
                time,
                random,
                this::codec,
                ledger,
                lanes,
                settings,
                new SimulatedWorker.CountingMetrics(),
                demand.batches());
        this.workers = new SimulatedWorker[random.nextInt(1, 4)];
    }

    /// A new process knows no schema id yet. To learn them all takes its time, so most have known them before.
    private Samples codec() {
        return random.nextInt(10) == 0 ? new Samples(registry) : samples;
    }

    Coverage run(int steps) {
        time.whileSleeping(this::somethingElse);
        for (int i = 0; i < steps; i++) {
            if (random.nextInt(12) == 0 && demand.deliveries() < steps / 16) {
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
                routes.deliveries(),
                metrics.trips,
                metrics.disabled,
                metrics.joined,
                metrics.split,
                lanes.together(),
                lanes.probes(),
                ledger.cleanMoves(),
                ledger.repeated());
    }

    // --- what is asked for -----------------------------------------------------------------------------------------

    private void request() {
        if (random.nextInt(15) == 0) {
            TaskId _ = append("no key", new byte[] {0, 0, 0, 0, 77, 1});
            return;
        }
        demand.next().forEach(this::send);
    }

    private void send(Task task) {
        String key =
                Keys.destination(task.delivery().organizationId(), task.route().current());
        TaskId id = append(
                key,
                samples.records.encode(task, Samples.TOPICS.tasks(Kind.WEBHOOK)).array());
        routes.sent(task, id);
    }

    private TaskId append(String key, byte[] value) {
        TopicPartition partition = world.broker().partition(key);
        TaskId id = TaskId.of(partition, world.broker().nextOffset(partition));
        world.broker().append(partition, id.offset(), time.now(), key, value, id.headers());
        ledger.appended(id);
        return id;
    }

    private void routeDue() {
        for (Task task = router.next(); task != null; task = router.next()) {
            send(task);
        }
    }

    /// A transaction was committed.
    ///
    /// @param writer null if it does not know yet
    private void committed(
            @Nullable FakeTaskLog writer,
            Collection<ProducerRecord<String, byte[]>> records,
            Map<TopicPartition, OffsetAndMetadata> offsets) {
        Map<Boolean, List<ProducerRecord<String, byte[]>>> health = records.stream()
                .collect(
                        Collectors.partitioningBy(record -> record.topic().equals(Samples.TOPICS.destinationHealth())));
        List<ProducerRecord<String, byte[]>> outcomes = health.getOrDefault(false, List.of());
        ledger.committed(outcomes, offsets);
        outcomes.forEach(router::take);
        outcomes.forEach(record -> routes.left(TaskId.of(record.headers())));
        health.getOrDefault(true, List.of()).forEach(record -> told(writer, record));
    }

    private void told(@Nullable FakeTaskLog writer, ProducerRecord<String, byte[]> record) {
        Health told = router.takeHealth(record);
        for (SimulatedWorker worker : workers) {
            // With a stepped clock a time told says little about when it will be.
            if (told != null && worker != null && worker.log() == writer && !steppedClock) {
                int partition = world.broker().partition(record.key()).partition();
                Tenure holding = ledger.holding(worker, partition, ledger.holdings());
                Instant until = told.openUntil();
                Duration rest = until == null ? Duration.ZERO : Duration.between(time.now(), until);
                lanes.told(told, holding, time.nanos(), time.nanos() + rest.toNanos());
            }
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
        verify();
    }

    private void verify() {
        objections.verify();
        assertThat(router.waiting()).as("routes that wait for the router").isEqualTo(routes.waiting());
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
            busy.get(random.nextInt(busy.size())).goOn();
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
            SimulatedWorker expired = dead.removeFirst();
            expired.vanish();
            world.broker().leave(expired.log());
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
                    worker.goOn();
                }
            }
            routeDue();
            verify();
            if (router.waiting() == 0 && ledger.missing().isEmpty()) {
                assertThat(routes.deliveries())
                        .as("deliveries that have come to an end")
                        .isEqualTo(demand.deliveries());
                return;
            }
            pace = ledger.attempts() > attempts ? PACE_MIN : pace.multipliedBy(2);
            pace = pace.compareTo(PACE_MAX) < 0 ? pace : PACE_MAX;
            time.move(pace);
        }
        throw new AssertionError("these tasks never come to an end: " + ledger.missing());
    }
}
