package dev.waybill.worker.delivery;

import dev.waybill.schemas.registry.RegistryException;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.Decision;
import dev.waybill.topology.policy.Decisions;
import dev.waybill.topology.policy.DeliveryHours;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.BatchLimits;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.Payloads;
import dev.waybill.worker.sink.Payloads.Fetched;
import dev.waybill.worker.sink.Sink;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes attempts, from the last look at a delivery's end to the records that say what became of it: one
/// at a time, or those of a batch in one call of their sink. Thread-safe; a call blocks as long as the
/// sink does. Owns the sinks that are open.
final class Attempts implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

    /// Between two tries to encode what came of an attempt when the registry does not answer.
    static final Duration REGISTRY_PAUSE = Duration.ofSeconds(1);

    /// How many times its total timeout an attempt may take: sinks keep to it but for what they do before and
    /// after.
    static final int STUCK_FACTOR = 2;

    /// And what a process that gets no CPU, or collects garbage, may need beyond that.
    static final Duration STUCK_MARGIN = Duration.ofSeconds(10);

    private final OpenSinks sinks;
    private final OutcomeRecords outcomes;
    private final Payloads payloads;
    private final AttemptObserver observer;
    private final LoopTime time;
    private final RandomGenerator random;
    private final BatchAttempts batches;
    /// Whose outcome is known, but cannot be encoded yet.
    private final Set<Work> known = ConcurrentHashMap.newKeySet();

    /// @param random thread-safe
    Attempts(
            OpenSinks sinks,
            Payloads payloads,
            OutcomeRecords outcomes,
            AttemptObserver observer,
            LoopTime time,
            RandomGenerator random) {
        this.sinks = sinks;
        this.payloads = payloads;
        this.outcomes = outcomes;
        this.observer = observer;
        this.time = time;
        this.random = random;
        this.batches = new BatchAttempts(this, outcomes, time);
    }

    /// How much company a delivery may have; null if it goes alone.
    @Nullable
    BatchLimits batches(Destination destination, Delivery delivery) {
        return sinks.batches(destination, delivery);
    }

    /// Makes the attempts of a call.
    ///
    /// @throws InterruptedException if the worker is stopping; the tasks come back from the log
    Attempted make(Call call) throws InterruptedException {
        return call.isBatch() ? batches.make(call.works()) : make(call.first());
    }

    /// Makes one attempt.
    ///
    /// @throws InterruptedException if the worker is stopping; the task comes back from the log
    Attempted make(Work work) throws InterruptedException {
        Instant begun = time.now();
        if (isOver(work, begun)) {
            return Attempted.of(patiently(work, () -> outcomes.expired(work, begun)), null);
        }
        Instant opening = opening(work, begun);
        if (opening != null) {
            return Attempted.of(patiently(work, () -> outcomes.postponed(work, opening, begun)), null);
        }
        try {
            return attempt(work, begun);
        } catch (RuntimeException | Error e) {
            return lost(work, begun, e);
        }
    }

    static boolean isOver(Work work, Instant now) {
        return !now.isBefore(
                Decisions.endOf(work.task().delivery(), work.destination().policy()));
    }

    /// When a destination takes deliveries again; null if it does now. It did when the task came, which may have
    /// waited since.
    static @Nullable Instant opening(Work work, Instant now) {
        DeliveryHours hours = work.destination().policy().hours();
        return hours == null || hours.isOpen(now) ? null : hours.nextOpening(now);
    }

    /// Whatever went wrong around the attempt, the receiver may have the payload, and the task must end.
    Attempted lost(Work work, Instant begun, Throwable e) throws InterruptedException {
        LOG.error(
                "what became of an attempt on {} cannot be told",
                work.destination().id(),
                e);
        Fault fault = outcomeLost(e);
        Instant now = time.now();
        return Attempted.of(
                patiently(work, () -> writtenOff(work, fault, begun)),
                new Observed(new Outcome.Ambiguous(fault), Duration.between(begun, now), now));
    }

    static Fault outcomeLost(Throwable e) {
        return Fault.of(ErrorCategory.INTERNAL, "outcome_lost", e.getClass().getName());
    }

    /// The end of an attempt of which nobody says what became of it: the receiver may have the payload.
    Ended writtenOff(Work work, Fault fault, Instant begun) {
        AttemptReport report = failed(new Outcome.Ambiguous(fault), begun);
        Instant now = time.now();
        return outcomes.attempted(work, report, decide(work, report, now), now, Map.of());
    }

    /// How long a call may take, whatever its sink does: then something hangs that does not obey its timeout.
    Duration longest(Call call) {
        Work first = call.first();
        Duration sink = first.destination().policy().totalTimeout().multipliedBy(STUCK_FACTOR);
        boolean byReference = first.task().delivery().request().payload().body() == null;
        return sink.plus(STUCK_MARGIN).plus(byReference ? payloads.longest() : Duration.ZERO);
    }

    /// Whether it is known what became of a call, and only its encoding waits for the registry.
    boolean isKnown(Call call) {
        return call.isFor(known::contains);
    }

    AttemptObserver.Observation observe(Work work) {
        return observer.begin(work.task(), work.destination(), work.headers());
    }

    private Attempted attempt(Work work, Instant begun) throws InterruptedException {
        AttemptObserver.Observation observation = observe(work);
        return switch (fetch(work)) {
            case Fetched.Missing(Outcome.Failed outcome) -> ended(work, failed(outcome, begun), observation);
            case Fetched.There there -> {
                try (there) {
                    yield delivered(work, there, observation, begun);
                }
            }
        };
    }

    private Fetched fetch(Work work) throws InterruptedException {
        return payloads.fetch(work.task().delivery().request().payload());
    }

    /// A payload by reference is hashed when it is fetched first; from then on it has to stay what it was,
    /// because some of it
    /// may have arrived.
    private Attempted delivered(Work work, Fetched.There there, AttemptObserver.Observation observation, Instant begun)
            throws InterruptedException {
        Delivery delivery = work.task().delivery();
        String sha256 = there.sha256();
        if (sha256 == null) {
            return ended(work, deliver(work, attempt(delivery, work, there, observation), begun), observation);
        }
        if (delivery.payloadHash() != null && !delivery.payloadHash().equals(sha256)) {
            Outcome changed = new Outcome.Permanent(Fault.of(
                    ErrorCategory.PAYLOAD,
                    "payload_changed",
                    "payload.uri gives other bytes than at the attempt before"));
            return ended(work, failed(changed, begun), observation);
        }
        Delivery known = delivery.withPayload(there.content().size(), sha256);
        return ended(work.with(known), deliver(work, attempt(known, work, there, observation), begun), observation);
    }

    private static Attempt attempt(
            Delivery delivery, Work work, Fetched.There there, AttemptObserver.Observation observation) {
        return new Attempt(delivery, there.content(), work.task().route().attempt(), observation.traceHeaders());
    }

    /// Says what became of an attempt.
    Attempted ended(Work work, AttemptReport report, AttemptObserver.Observation observation)
            throws InterruptedException {
        Instant now = time.now();
        Decision decision = decide(work, report, now);
        observation.end(report, decision);
        return Attempted.of(
                patiently(work, () -> outcomes.attempted(work, report, decision, now, observation.traceHeaders())),
                Observed.of(report, now));
    }

    private Decision decide(Work work, AttemptReport report, Instant now) {
        Task task = work.task();
        return Decisions.decide(
                task.delivery(), task.route(), work.destination().policy(), report.outcome(), now, random);
    }

    /// The attempt cannot be undone, so its outcome is kept until the registry lets it be encoded. It holds its
    /// slot meanwhile, and when all do no further attempts are made whose outcomes could not be written.
    Ended patiently(Work work, Supplier<Ended> encoding) throws InterruptedException {
        try {
            while (true) {
                try {
                    return encoding.get();
                } catch (RegistryException e) {
                    known.add(work);
                    LOG.warn("an outcome waits for the schema registry: {}", e.getMessage());
                    time.sleep(REGISTRY_PAUSE);
                }
            }
        } finally {
            known.remove(work);
        }
    }

    /// Whether a connection test of the destination fails for a reason of its own.
    boolean failsTest(Destination destination) {
        try {
            OpenSinks.Lease lease = sinks.lease(destination);
            try {
                ConnectionReport report = lease.sink().test();
                ConnectionReport.Problem problem = report.problem();
                return problem != null && !problem.isOurs();
            } finally {
                lease.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("the connection to {} cannot be tested", destination.id(), e);
            return false;
        }
    }

    private AttemptReport deliver(Work work, Attempt attempt, Instant begun) {
        return using(work.destination(), begun, sink -> sink.deliver(attempt), report -> report);
    }

    /// What to do with a sink.
    interface Delivering<R> {
        R with(Sink sink) throws InterruptedException;
    }

    /// Whatever a sink throws becomes an outcome: a task must end, or its offset would never be committed.
    ///
    /// @param failed what to make of a failure that the sink does not tell
    <R> R using(Destination destination, Instant begun, Delivering<R> delivering, Function<AttemptReport, R> failed) {
        OpenSinks.Lease lease;
        try {
            lease = sinks.lease(destination);
        } catch (ConfigException e) {
            return failed.apply(failed(
                    new Outcome.Permanent(Fault.of(ErrorCategory.CONFIGURATION, "invalid_settings", e.getMessage())),
                    begun));
        }
        try {
            return delivering.with(lease.sink());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed.apply(
                    failed(new Outcome.OurFault(Fault.of(ErrorCategory.INTERNAL, "worker_stopping", null)), begun));
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            LOG.error("the sink {} threw; its contract allows no exception", destination.provider(), e);
            return failed.apply(failed(
                    new Outcome.OurFault(Fault.of(
                            ErrorCategory.INTERNAL, "sink_error", e.getClass().getName())),
                    begun));
        } finally {
            lease.release();
        }
    }

    private AttemptReport failed(Outcome outcome, Instant begun) {
        return AttemptReport.of(outcome, begun, Duration.between(begun, time.now()));
    }

    @Override
    public void close() {
        sinks.close();
    }
}
