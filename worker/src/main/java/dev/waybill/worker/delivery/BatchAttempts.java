package dev.waybill.worker.delivery;

import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Delivery;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.BatchReport;
import dev.waybill.worker.sink.BatchSink;
import dev.waybill.worker.sink.Content;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the attempts of a batch in one call of their sink. Each member keeps its own number, end,
/// decision and records.
final class BatchAttempts {

    private static final Logger LOG = LoggerFactory.getLogger(BatchAttempts.class);

    private final Attempts attempts;
    private final OutcomeRecords outcomes;
    private final LoopTime time;

    BatchAttempts(Attempts attempts, OutcomeRecords outcomes, LoopTime time) {
        this.attempts = attempts;
        this.outcomes = outcomes;
        this.time = time;
    }

    /// Makes the attempts of all whose end has not come, and whose destination takes deliveries now.
    Attempted make(List<Work> works) throws InterruptedException {
        Instant begun = time.now();
        List<Ended> ended = new ArrayList<>(works.size());
        List<Work> members = new ArrayList<>(works.size());
        for (Work work : works) {
            Instant opening = Attempts.opening(work, begun);
            if (Attempts.isOver(work, begun)) {
                ended.add(attempts.patiently(work, () -> outcomes.expired(work, begun)));
            } else if (opening != null) {
                ended.add(attempts.patiently(work, () -> outcomes.postponed(work, opening, begun)));
            } else {
                members.add(work);
            }
        }
        return members.isEmpty() ? new Attempted(ended, null, null) : make(members, ended, begun);
    }

    /// An attempt that has begun.
    private record Begun(Work work, AttemptObserver.Observation observation, Attempt attempt) {}

    private Begun begin(Work work) {
        Delivery delivery = work.task().delivery();
        Bytes body = delivery.request().payload().body();
        if (body == null) {
            throw new IllegalStateException("a payload by reference goes alone");
        }
        AttemptObserver.Observation observation = attempts.observe(work);
        return new Begun(
                work,
                observation,
                new Attempt(
                        delivery, new Content.Inline(body), work.task().route().attempt(), observation.traceHeaders()));
    }

    private Attempted make(List<Work> members, List<Ended> ended, Instant begun) throws InterruptedException {
        List<Begun> all = new ArrayList<>(members.size());
        List<AttemptReport> reports;
        try {
            members.forEach(work -> all.add(begin(work)));
            BatchReport report = deliver(all, begun);
            if (report instanceof BatchReport.Refused(AttemptReport why, boolean tooLarge) && members.size() > 1) {
                LOG.debug("a batch of {} is refused and goes in halves: {}", members.size(), why.outcome());
                all.forEach(one -> one.observation().abandon());
                return new Attempted(ended, null, Split.inHalves(members, tooLarge));
            }
            reports = reports(report);
        } catch (RuntimeException | Error e) {
            List<Observed> observed = new ArrayList<>(members.size());
            for (Work work : members) {
                add(attempts.lost(work, begun, e), ended, observed);
            }
            return new Attempted(ended, Observed.ofBatch(observed), null);
        }
        List<Observed> observed = new ArrayList<>(members.size());
        for (int i = 0; i < members.size(); i++) {
            add(conclude(all.get(i), reports.get(i), begun), ended, observed);
        }
        return new Attempted(ended, Observed.ofBatch(observed), null);
    }

    private BatchReport deliver(List<Begun> all, Instant begun) {
        List<Attempt> members = all.stream().map(Begun::attempt).toList();
        return attempts.using(
                all.getFirst().work().destination(),
                begun,
                sink -> checked(((BatchSink) sink).deliverTogether(members), members.size()),
                failed -> BatchReport.all(members.size(), failed));
    }

    private static BatchReport checked(BatchReport report, int members) {
        if (report instanceof BatchReport.Members(List<AttemptReport> reports) && reports.size() != members) {
            throw new IllegalStateException(reports.size() + " reports on " + members + " members");
        }
        return report;
    }

    private static List<AttemptReport> reports(BatchReport report) {
        return switch (report) {
            case BatchReport.Members(List<AttemptReport> each) -> each;
            case BatchReport.Refused refused -> List.of(refused.report());
        };
    }

    /// What cannot be told of one member changes nothing for the others.
    private Attempted conclude(Begun attempt, AttemptReport report, Instant begun) throws InterruptedException {
        try {
            return attempts.ended(attempt.work(), report, attempt.observation());
        } catch (RuntimeException | Error e) {
            return attempts.lost(attempt.work(), begun, e);
        }
    }

    private static void add(Attempted one, List<Ended> ended, List<Observed> observed) {
        ended.addAll(one.ended());
        if (one.observed() != null) {
            observed.add(one.observed());
        }
    }
}
