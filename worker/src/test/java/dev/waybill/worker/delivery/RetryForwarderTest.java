package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.Headers;
import dev.waybill.schemas.RetryDelay;
import dev.waybill.topology.codec.ReturnedRecord;
import dev.waybill.topology.model.Bytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Two forwarders on one retry topic, in one thread, while a seed decides what happens next.
class RetryForwarderTest {

    private static final RetryDelay DELAY = RetryDelay.parse("5s");
    private static final String TOPIC = Samples.TOPICS.retries(DELAY);
    private static final int TASKS = 40;

    private final Samples samples = new Samples();
    private final byte[] task = samples.records
            .encode(samples.task("d-1", samples.destination("a")), TOPIC)
            .array();

    @Test
    void movesEachTaskOnceAndNoneEarly() {
        for (long seed = 0; seed < 150; seed++) {
            try {
                new Run(seed).run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("with seed " + seed, e);
            }
        }
    }

    private final class Run {

        private final Random random;
        private final HandMovedTime time = new HandMovedTime();
        private final FakeBroker broker;
        private final boolean steppedClock;
        private final Map<TaskId, Long> appended = new HashMap<>();
        private final List<TaskId> moved = new ArrayList<>();
        private final @Nullable Forwarder[] forwarders = new Forwarder[2];
        private final List<Forwarder> dead = new ArrayList<>();

        Run(long seed) {
            random = new Random(seed);
            steppedClock = random.nextInt(3) == 0;
            broker = new FakeBroker(TOPIC, 2, random, this::moved);
        }

        void run() {
            for (int i = 0; i < 800; i++) {
                if (appended.size() < TASKS && random.nextInt(8) == 0) {
                    append();
                }
                happen();
            }
            comeToRest();
        }

        private void append() {
            List<TopicPartition> partitions = List.copyOf(broker.partitions());
            TopicPartition partition = partitions.get(random.nextInt(partitions.size()));
            TaskId id = TaskId.of(partition, broker.nextOffset(partition));
            List<Header> headers = new ArrayList<>(id.headers());
            headers.add(new RecordHeader(
                    Headers.DUE,
                    Headers.bytes(Long.toString(time.now().plus(DELAY.delay()).toEpochMilli()))));
            broker.append(partition, id.offset(), time.now(), "acme/1", task, headers);
            appended.put(id, time.nanos());
        }

        private void moved(
                @Nullable FakeTaskLog writer,
                Collection<ProducerRecord<String, byte[]>> records,
                Map<TopicPartition, OffsetAndMetadata> offsets) {
            for (ProducerRecord<String, byte[]> record : records) {
                TaskId id = TaskId.of(record.headers());
                assertThat(moved).as("moved before").doesNotContain(id);
                moved.add(id);
                Duration waited = Duration.ofNanos(time.nanos() - appended.getOrDefault(id, 0L));
                assertThat(steppedClock || waited.compareTo(DELAY.delay()) >= 0)
                        .as("%s waited only %s", id, waited)
                        .isTrue();
                assertThat(record.topic()).isEqualTo(Samples.TOPICS.returns());
                assertThat(record.key()).isEqualTo("acme");
                assertThat(record.headers().lastHeader(Headers.DUE)).isNull();
                assertThat(samples.records.returned(Bytes.of(record.value())))
                        .isInstanceOf(ReturnedRecord.DueTask.class);
            }
            offsets.forEach((partition, offset) -> assertThat(appended.keySet())
                    .filteredOn(id -> id.partition() == partition.partition() && id.offset() < offset.offset())
                    .as("committed without having been moved")
                    .allMatch(moved::contains));
        }

        private void happen() {
            int number = random.nextInt(forwarders.length);
            Forwarder forwarder = forwarders[number];
            switch (random.nextInt(60)) {
                case 0 -> crash(number);
                case 1 -> broker.rebalance();
                case 2 -> broker.timeOut();
                case 3, 4 -> {
                    if (forwarder != null) {
                        var faults = FakeTaskLog.Fault.values();
                        forwarder.log.fail(faults[random.nextInt(faults.length)]);
                    }
                }
                case 5 -> {
                    if (steppedClock) {
                        time.stepWall(Duration.ofMinutes(random.nextInt(-60, 61)));
                    }
                }
                case 6 -> {
                    if (!dead.isEmpty()) {
                        broker.leave(dead.removeFirst().log);
                    } else if (forwarder != null) {
                        broker.leave(forwarder.log);
                    }
                }
                default -> step(number);
            }
            time.move(Duration.ofMillis(random.nextInt(60)));
        }

        private void step(int number) {
            Forwarder forwarder = forwarders[number];
            if (forwarder == null) {
                forwarders[number] = new Forwarder("retries-" + number);
                return;
            }
            try {
                forwarder.loop.step();
            } catch (FakeTaskLog.Unreachable _) {
                forwarder.loop.close();
                forwarders[number] = null;
            } catch (FakeTaskLog.Crash _) {
                crash(number);
            }
        }

        private void crash(int number) {
            Forwarder forwarder = forwarders[number];
            if (forwarder != null) {
                dead.add(forwarder);
                forwarders[number] = null;
            }
        }

        private void comeToRest() {
            dead.forEach(one -> broker.leave(one.log));
            for (int round = 0; round < 1_000 && moved.size() < appended.size(); round++) {
                broker.timeOut();
                for (int number = 0; number < forwarders.length; number++) {
                    Forwarder forwarder = forwarders[number];
                    if (forwarder != null) {
                        forwarder.log.failNoMore();
                    }
                    step(number);
                }
                time.move(Duration.ofMillis(100));
            }
            assertThat(moved).containsExactlyInAnyOrderElementsOf(appended.keySet());
        }

        private final class Forwarder {

            private final RetryForwarder loop;
            private FakeTaskLog log;

            @SuppressWarnings("NullAway.Init") // the loop makes its log
            Forwarder(String transactionalId) {
                loop = new RetryForwarder(
                        Samples.TOPICS,
                        Map.of(TOPIC, DELAY.delay()),
                        samples.records,
                        time,
                        LoopMetrics.NONE,
                        listener -> {
                            log = new FakeTaskLog(broker, transactionalId, listener, random);
                            return log;
                        });
            }
        }
    }
}
