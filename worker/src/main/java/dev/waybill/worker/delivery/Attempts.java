package dev.waybill.worker.delivery;

import dev.waybill.schemas.registry.RegistryException;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.Decision;
import dev.waybill.topology.policy.Decisions;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.Payloads;
import dev.waybill.worker.sink.Payloads.Fetched;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes attempts: one call is one task, from the last look at its end to the records that say what became of it.
/// Thread-safe; a call blocks as long as the sink does. Owns the sinks that are open.
final class Attempts implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

    /// Between two tries to encode what came of an attempt when the registry does not answer.
    static final Duration REGISTRY_PAUSE = Duration.ofSeconds(1);

    private final OpenSinks sinks;
    private final OutcomeRecords outcomes;
    private final Payloads payloads;
    private final AttemptObserver observer;
    private final LoopTime time;
    private final RandomGenerator random;

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
    }

    /// Makes one attempt.
    ///
    /// @throws InterruptedException if the worker is stopping; the task comes back from the log
    Attempted make(Work work) throws InterruptedException {
        Instant begun = time.now();
        if (!begun.isBefore(
                Decisions.endOf(work.task().delivery(), work.destination().policy()))) {
            return new Attempted(patiently(() -> outcomes.expired(work, begun)), null);
        }
        try {
            return attempt(work, begun);
        } catch (RuntimeException | Error e) {
            // Whatever went wrong around the attempt, the receiver may have the payload, and the task must end.
            LOG.error(
                    "what became of an attempt on {} cannot be told",
                    work.destination().id(),
                    e);
            Outcome unknown = new Outcome.Ambiguous(Fault.of(
                    ErrorCategory.INTERNAL, "outcome_lost", e.getClass().getName()));
            AttemptReport report = failed(unknown, begun);
            Instant now = time.now();
            Decision decision = decide(work, report, now);
            return new Attempted(
                    patiently(() -> outcomes.attempted(work, report, decision, now, Map.of())),
                    Observed.of(report, now));
        }
    }

    private Attempted attempt(Work work, Instant begun) throws InterruptedException {
        AttemptObserver.Observation observation = observer.begin(work.task(), work.destination(), work.headers());
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

    /// A payload by reference is hashed when it is fetched first; from then on it has to stay what it was, because some
    /// of it
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

    private Attempted ended(Work work, AttemptReport report, AttemptObserver.Observation observation)
            throws InterruptedException {
        Instant now = time.now();
        Decision decision = decide(work, report, now);
        observation.end(report, decision);
        return new Attempted(
                patiently(() -> outcomes.attempted(work, report, decision, now, observation.traceHeaders())),
                Observed.of(report, now));
    }

    private Decision decide(Work work, AttemptReport report, Instant now) {
        Task task = work.task();
        return Decisions.decide(
                task.delivery(), task.route(), work.destination().policy(), report.outcome(), now, random);
    }

    /// The attempt cannot be undone, so its outcome is kept until the registry lets it be encoded. It holds its slot
    /// meanwhile, and when all do no further attempts are made whose outcomes could not be written.
    private Ended patiently(Supplier<Ended> encoding) throws InterruptedException {
        while (true) {
            try {
                return encoding.get();
            } catch (RegistryException e) {
                LOG.warn("an outcome waits for the schema registry: {}", e.getMessage());
                time.sleep(REGISTRY_PAUSE);
            }
        }
    }

    /// Whether a connection test of the destination fails for a reason of its own.
    boolean failsTest(Destination destination) {
        try {
            OpenSinks.Lease lease = sinks.lease(destination);
            try {
                Fault fault = lease.sink().test().fault();
                return fault != null && fault.category() != ErrorCategory.INTERNAL;
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

    /// Whatever a sink throws becomes an outcome: a task must end, or its offset would never be committed.
    private AttemptReport deliver(Work work, Attempt attempt, Instant begun) {
        OpenSinks.Lease lease;
        try {
            lease = sinks.lease(work.destination());
        } catch (ConfigException e) {
            return failed(
                    new Outcome.Permanent(Fault.of(ErrorCategory.CONFIGURATION, "invalid_settings", e.getMessage())),
                    begun);
        }
        try {
            return lease.sink().deliver(attempt);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(new Outcome.OurFault(Fault.of(ErrorCategory.INTERNAL, "worker_stopping", null)), begun);
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            LOG.error(
                    "the sink {} threw; its contract allows no exception",
                    work.destination().provider(),
                    e);
            return failed(
                    new Outcome.OurFault(Fault.of(
                            ErrorCategory.INTERNAL, "sink_error", e.getClass().getName())),
                    begun);
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
