package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Destination;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/// A worker that is stopped: what runs may end and is written, for a bounded time; the rest is the next owner's.
class StopTest {

    private static final Duration DRAIN_MAX = Duration.ofSeconds(3);
    private static final int TASKS = 6;

    /// A poll brings some of what is there, or nothing.
    private static final int STEPS_MAX = 1_000;

    private final Random random = new Random(1);
    private final Samples samples = new Samples();
    private final HandMovedTime time = new HandMovedTime();
    private final Objections objections = new Objections();
    private final SinkLoopSettings settings =
            new SinkLoopSettings(100, 100, 1 << 20, Duration.ofMillis(50), DRAIN_MAX, Duration.ofSeconds(1));
    private final Ledger ledger = new Ledger(objections, settings.admittedMax());
    private final FakeBroker broker = new FakeBroker(
            Samples.TOPICS.tasks(Kind.WEBHOOK),
            1,
            random,
            (_, records, offsets) -> ledger.committed(
                    records.stream()
                            .filter(record -> !record.topic().equals(Samples.TOPICS.destinationHealth()))
                            .toList(),
                    offsets));
    private final SimulatedWorker.World world = new SimulatedWorker.World(
            broker,
            time,
            random,
            () -> samples,
            ledger,
            new LaneWatch(objections),
            settings,
            new SimulatedWorker.CountingMetrics(),
            Map.of());
    private final SimulatedWorker worker = new SimulatedWorker(world, "one");

    private void append() {
        Destination destination = samples.destination("d");
        TopicPartition partition = broker.partitions().iterator().next();
        byte[] task = samples.records
                .encode(samples.task("delivery", destination), partition.topic())
                .array();
        TaskId id = TaskId.of(partition, broker.nextOffset(partition));
        broker.append(partition, id.offset(), time.now(), "d", task, id.headers());
        ledger.appended(id);
    }

    private void letAllRun() {
        for (int i = 0; i < TASKS; i++) {
            append();
        }
        for (int i = 0; i < STEPS_MAX && worker.running() < TASKS; i++) {
            worker.step();
        }
        assertThat(worker.running()).isEqualTo(TASKS);
    }

    @Test
    void whatRunsWhenAWorkerIsStoppedEndsAndIsWritten() {
        letAllRun();
        time.whileSleeping(worker::goOn);

        worker.close();

        assertThat(ledger.missing()).isEmpty();
        objections.verify();
    }

    @Test
    void whatDoesNotEndInTimeIsTheNextOwners() {
        letAllRun();
        Instant stopped = time.now();

        worker.close();

        assertThat(Duration.between(stopped, time.now())).isBetween(DRAIN_MAX, DRAIN_MAX.plusSeconds(1));
        assertThat(ledger.missing()).hasSize(TASKS);
        SimulatedWorker next = new SimulatedWorker(world, "two");
        for (int i = 0; i < STEPS_MAX && !ledger.missing().isEmpty(); i++) {
            next.step();
            next.goOn();
            time.move(Duration.ofMillis(50));
        }
        assertThat(ledger.missing()).isEmpty();
        objections.verify();
    }
}
