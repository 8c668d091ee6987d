package dev.waybill.worker.delivery;

import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.Decision;
import dev.waybill.topology.policy.Decisions;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Attempt;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes attempts: one call is one task, from the last look at its end to the records that say what became of it.
/// Thread-safe; a call blocks as long as the sink does.
/// Owns the sinks that are open.
final class Attempts implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

    private final OpenSinks sinks;
    private final OutcomeRecords outcomes;
    private final AttemptObserver observer;
    private final InstantSource clock;
    private final RandomGenerator random;

    /// @param random thread-safe
    Attempts(
            OpenSinks sinks,
            OutcomeRecords outcomes,
            AttemptObserver observer,
            InstantSource clock,
            RandomGenerator random) {
        this.sinks = sinks;
        this.outcomes = outcomes;
        this.observer = observer;
        this.clock = clock;
        this.random = random;
    }

    Ended make(Work work) {
        Task task = work.task();
        var policy = work.destination().policy();
        Instant begun = clock.instant();
        if (!begun.isBefore(Decisions.endOf(task.delivery(), policy))) {
            return outcomes.expired(work, begun);
        }
        AttemptObserver.Observation observation = observer.begin(task, work.destination(), work.headers());
        AttemptReport report =
                deliver(work, new Attempt(task.delivery(), task.route().attempt(), observation.traceHeaders()), begun);
        Instant now = clock.instant();
        Decision decision = Decisions.decide(task.delivery(), task.route(), policy, report.outcome(), now, random);
        observation.end(report, decision);
        return outcomes.attempted(work, report, decision, now, observation.traceHeaders());
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
        } catch (RuntimeException e) {
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
        return AttemptReport.of(outcome, begun, Duration.between(begun, clock.instant()));
    }

    @Override
    public void close() {
        sinks.close();
    }
}
