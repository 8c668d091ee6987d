package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.policy.Decision;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.BatchLimits;
import dev.waybill.worker.sink.BatchReport;
import dev.waybill.worker.sink.Payloads;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// One life of a worker: a loop with its attempts, from its start to its crash or close.
final class SimulatedWorker {

    /// What the workers of a simulation share.
    record World(
            FakeBroker broker,
            HandMovedTime time,
            Random random,
            Supplier<Samples> codecs,
            Ledger ledger,
            SinkLoopSettings settings,
            CountingMetrics metrics,
            Map<UUID, BatchLimits> batches) {}

    private final World world;
    private final HeldExecutor attempts = new HeldExecutor();
    private final SinkLoop loop;
    private FakeTaskLog log;

    @SuppressWarnings("NullAway.Init") // the loop makes its log
    SimulatedWorker(World world, String transactionalId) {
        this.world = world;
        Samples samples = world.codecs().get();
        LoopMetrics metrics = world.metrics().of(this);
        AttemptObserver observer = (task, _, headers) -> {
            world.ledger()
                    .attempted(
                            this,
                            TaskId.of(headers),
                            task.route().dueAt(),
                            world.time().latest());
            return observation(TaskId.of(headers));
        };
        ScriptedProvider provider = new ScriptedProvider(this::answer);
        provider.batching = new Together();
        provider.testFault =
                world.random().nextBoolean() ? null : Fault.of(ErrorCategory.CONNECT, "connect_refused", "no");
        this.loop = new SinkLoop(
                Kind.WEBHOOK,
                world.settings(),
                samples.records,
                samples.tasks,
                samples.outcomes,
                new Attempts(
                        new OpenSinks(List.of(provider)),
                        Payloads.INLINE,
                        samples.outcomes,
                        observer,
                        world.time(),
                        world.random()),
                attempts,
                world.time(),
                metrics,
                listener -> {
                    log = new FakeTaskLog(world.broker(), transactionalId, watched(listener), world.random());
                    return log;
                });
    }

    private TaskLog.Listener watched(TaskLog.Listener listener) {
        return new TaskLog.Listener() {
            @Override
            public void assigned(Map<TopicPartition, OffsetMap> partitions) {
                partitions.forEach((partition, map) -> world.ledger().assigned(SimulatedWorker.this, partition, map));
                listener.assigned(partitions);
            }

            @Override
            public void revoked(Collection<TopicPartition> partitions) {
                listener.revoked(partitions);
            }

            @Override
            public void lost(Collection<TopicPartition> partitions) {
                listener.lost(partitions);
            }
        };
    }

    private AttemptObserver.Observation observation(TaskId task) {
        return new AttemptObserver.Observation() {
            @Override
            public Map<String, String> traceHeaders() {
                return Map.of();
            }

            @Override
            public void end(AttemptReport report, Decision decision) {}

            @Override
            public void abandon() {
                world.ledger().abandoned(SimulatedWorker.this, task);
            }
        };
    }

    /// Receivers that take several payloads in a call, and refuse them in every way.
    private final class Together implements ScriptedProvider.Batching {

        @Override
        public @Nullable BatchLimits limits(Destination destination, Delivery delivery) {
            boolean alone = delivery.id().hashCode() % 7 == 0;
            return alone ? null : world.batches().get(destination.id());
        }

        @Override
        public BatchReport play(Destination destination, List<Attempt> attempts) {
            BatchLimits limits = world.batches().get(destination.id());
            assertThat(limits).as("limits of a batch").isNotNull();
            assertThat(attempts).as("members of a batch").hasSizeLessThanOrEqualTo(limits.count());
            world.metrics().joined += attempts.size() > 1 ? attempts.size() : 0;
            return switch (world.random().nextInt(8)) {
                case 0, 1, 2 -> {
                    world.metrics().split += attempts.size() > 1 ? 1 : 0;
                    Outcome refused = new Outcome.Permanent(Fault.of(ErrorCategory.PAYLOAD, "http_413", "no"));
                    yield new BatchReport.Refused(
                            AttemptReport.of(refused, world.time().now(), Duration.ZERO),
                            world.random().nextBoolean());
                }
                case 3 -> BatchReport.all(attempts.size(), answer(destination, attempts.getFirst()));
                case 4 -> BatchReport.all(attempts.size() + 1, answer(destination, attempts.getFirst()));
                default ->
                    new BatchReport.Members(attempts.stream()
                            .map(one -> answer(destination, one))
                            .toList());
            };
        }
    }

    private AttemptReport answer(Destination destination, Attempt attempt) {
        Fault fault = Fault.of(ErrorCategory.RESPONSE, "http_503", "no");
        Random random = world.random();
        Outcome outcome = switch (random.nextInt(12)) {
            case 0 -> new Outcome.Retryable(fault, null);
            case 1 -> new Outcome.Throttled(fault, Duration.ofSeconds(random.nextInt(4)));
            case 2 -> new Outcome.Permanent(fault);
            case 3 -> new Outcome.Ambiguous(fault);
            case 4 -> new Outcome.OurFault(fault);
            case 5 -> throw new IllegalStateException("a sink must not throw");
            default -> new Outcome.Delivered();
        };
        return AttemptReport.of(outcome, world.time().now(), Duration.ZERO);
    }

    FakeTaskLog log() {
        return log;
    }

    void step() {
        loop.step();
        LoopMetrics.Gauges gauges = world.metrics().gauges(this);
        int most = log.assigned().size() * world.settings().admittedMax();
        assertThat(gauges.admitted()).as("admitted tasks").isLessThanOrEqualTo(most);
        assertThat(gauges.inFlight())
                .as("running attempts")
                .isLessThanOrEqualTo(world.settings().slots());
    }

    int running() {
        return attempts.held();
    }

    void endOneAttempt() {
        attempts.runOne(world.random());
    }

    void close() {
        loop.close();
    }

    /// Counts over all workers of a simulation.
    static final class CountingMetrics implements LoopMetrics {

        private final Map<SimulatedWorker, Supplier<Gauges>> gauges = new HashMap<>();
        int overflowed;
        int poison;
        int failed;
        int trips;
        int disabled;
        /// Tasks that were attempted with others.
        int joined;
        int split;

        LoopMetrics of(SimulatedWorker worker) {
            CountingMetrics all = this;
            return new LoopMetrics() {
                @Override
                public void started(Kind kind, Supplier<Gauges> source) {
                    gauges.put(worker, source);
                }

                @Override
                public void overflowed(Kind kind) {
                    all.overflowed++;
                }

                @Override
                public void poison(Kind kind) {
                    all.poison++;
                }

                @Override
                public void breakerOpened(Kind kind) {
                    all.trips++;
                }

                @Override
                public void destinationDisabled(Kind kind) {
                    all.disabled++;
                }

                @Override
                public void writeFailed(Kind kind) {
                    all.failed++;
                }
            };
        }

        Gauges gauges(SimulatedWorker worker) {
            Supplier<Gauges> source = gauges.get(worker);
            if (source == null) {
                throw new AssertionError("the loop reported no gauges");
            }
            return source.get();
        }
    }
}
