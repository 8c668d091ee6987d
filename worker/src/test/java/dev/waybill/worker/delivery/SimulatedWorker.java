package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.Keys;
import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.policy.Decision;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Judgement;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.BatchLimits;
import dev.waybill.worker.sink.BatchReport;
import dev.waybill.worker.sink.Payloads;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
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
            LaneWatch lanes,
            SinkLoopSettings settings,
            CountingMetrics metrics,
            Map<UUID, BatchLimits> batches) {}

    private final World world;
    /// When a call was let start, and how many assignments there had been by then.
    private record Stamp(long at, int holdings) {}

    private final HeldExecutor<Stamp> attempts = new HeldExecutor<>(this::stamp);
    private final SinkLoop loop;
    private FakeTaskLog log;

    @SuppressWarnings("NullAway.Init") // the loop makes its log
    SimulatedWorker(World world, String transactionalId) {
        this.world = world;
        Samples samples = world.codecs().get();
        LoopMetrics metrics = world.metrics().of(this);
        AttemptObserver observer = (task, _, headers) -> {
            TaskId id = TaskId.of(headers);
            Tenure holding = holding(id.partition());
            world.ledger()
                    .attempted(holding, id, task.route().dueAt(), world.time().latest());
            attempts.whenEnded(() -> world.ledger().attemptEnded(holding, id));
            return observation(holding, id);
        };
        ScriptedProvider provider = new ScriptedProvider(this::receive);
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
                        pausing(world.time()),
                        world.random()),
                attempts,
                world.time(),
                metrics,
                listener -> {
                    log = new FakeTaskLog(world.broker(), transactionalId, watched(listener), world.random());
                    return log;
                });
    }

    private Stamp stamp() {
        return new Stamp(world.time().nanos(), world.ledger().holdings());
    }

    /// The assignment to which the call belongs that is being made.
    private Tenure holding(int partition) {
        return world.ledger().holding(this, partition, attempts.stamp().holdings());
    }

    /// While one attempt sleeps, others go on.
    private LoopTime pausing(LoopTime time) {
        return new LoopTime() {
            @Override
            public Instant now() {
                return time.now();
            }

            @Override
            public long nanos() {
                return time.nanos();
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                if (!attempts.pause()) {
                    time.sleep(duration);
                }
            }
        };
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
                Ledger ledger = world.ledger();
                Set<TaskId> ended = ledger.ended(SimulatedWorker.this, partitions);
                long begin = world.time().nanos();
                int failed = world.metrics().failed;
                listener.revoked(partitions);
                boolean inTime = world.time().nanos() - begin
                        < world.settings().drainMax().toNanos();
                ledger.revoked(SimulatedWorker.this, partitions, ended, inTime, failed == world.metrics().failed);
            }

            @Override
            public void lost(Collection<TopicPartition> partitions) {
                listener.lost(partitions);
                world.ledger().lost(SimulatedWorker.this, partitions);
            }
        };
    }

    private AttemptObserver.Observation observation(Tenure holding, TaskId task) {
        return new AttemptObserver.Observation() {
            @Override
            public Map<String, String> traceHeaders() {
                return Map.of();
            }

            @Override
            public void end(AttemptReport report, Decision decision) {}

            @Override
            public void abandon() {
                world.ledger().abandoned(holding, task);
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
        public BatchReport play(Destination destination, List<Attempt> attempts) throws InterruptedException {
            return called(destination, () -> answer(destination, attempts), SimulatedWorker::judgement);
        }

        private BatchReport answer(Destination destination, List<Attempt> attempts) {
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
                case 3 -> BatchReport.all(attempts.size(), answered());
                case 4 -> BatchReport.all(attempts.size() + 1, answered());
                default ->
                    new BatchReport.Members(
                            attempts.stream().map(_ -> answered()).toList());
            };
        }
    }

    /// What a batch says of its destination.
    private static Judgement judgement(BatchReport report) {
        return switch (report) {
            case BatchReport.Refused _ -> Judgement.NONE;
            case BatchReport.Members(List<AttemptReport> each) ->
                each.stream().anyMatch(one -> one.outcome() instanceof Outcome.Delivered)
                        ? Judgement.WELL
                        : Judgement.of(each.getFirst().outcome());
        };
    }

    private AttemptReport receive(Destination destination, Attempt attempt) throws InterruptedException {
        return called(destination, this::answered, report -> Judgement.of(report.outcome()));
    }

    /// A call reaches the receiver, whose answer may take its time.
    private <R> R called(Destination destination, Supplier<R> answer, Function<R, Judgement> judgement)
            throws InterruptedException {
        String key =
                Keys.destination(destination.organizationId(), destination.id().toString());
        Tenure holding = holding(world.broker().partition(key).partition());
        var call = new LaneWatch.SinkCall(this, destination, attempts.stamp().at(), holding);
        world.lanes().begun(call);
        Judgement judged = null;
        try {
            boolean _ = attempts.pause();
            R report = answer.get();
            judged = judgement.apply(report);
            return report;
        } finally {
            world.lanes().ended(call, judged, world.time().nanos());
        }
    }

    private AttemptReport answered() {
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

    /// One of its attempts goes on, to its end or until it waits for something.
    void goOn() {
        attempts.goOn(world.random());
    }

    /// Nobody hears of it any more.
    void vanish() {
        var _ = attempts.shutdownNow();
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
