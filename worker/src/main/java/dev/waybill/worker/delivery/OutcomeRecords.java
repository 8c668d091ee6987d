package dev.waybill.worker.delivery;

import dev.waybill.schemas.Topics;
import dev.waybill.topology.codec.Records;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Event;
import dev.waybill.topology.model.Fate;
import dev.waybill.topology.model.LastFailure;
import dev.waybill.topology.model.Result;
import dev.waybill.topology.model.ResultStatus;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.RouteStatus;
import dev.waybill.topology.policy.Decision;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Reasons;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns what became of a task into the records that say so. Pure but for the codec.
final class OutcomeRecords {

    private static final Logger LOG = LoggerFactory.getLogger(OutcomeRecords.class);

    private final Topics topics;
    private final Records records;
    private final TaskRecords tasks;

    OutcomeRecords(Topics topics, Records records, TaskRecords tasks) {
        this.topics = topics;
        this.records = records;
        this.tasks = tasks;
    }

    /// An attempt was made, and this was decided.
    Ended attempted(Work work, AttemptReport report, Decision decision, Instant now, Map<String, String> traceHeaders) {
        Route made = work.task().route().ranked();
        List<ProducerRecord<String, byte[]>> out = new ArrayList<>();
        switch (decision) {
            case Decision.Complete() -> {
                out.add(attempt(work, made, report, RouteStatus.DELIVERED, null, now));
                settle(out, work, fate(work, made, report, RouteStatus.DELIVERED, null, now), now);
            }
            case Decision.Retry(Instant at, boolean charged) -> {
                Instant due = tasks.plan().roundUp(now, at);
                Route next = charged ? made.retry(due, failure(report)) : made.postpone(due);
                out.add(event(work, made, report, "retrying", null, null, due, now));
                out.add(tasks.waiting(work.task().with(next), now));
            }
            case Decision.FailOver(String reason) -> {
                out.add(event(work, made, report, RouteStatus.FAILED.wireName(), null, reason, null, now));
                out.add(tasks.returning(work.task().with(made.failOver(reason, failure(report), now))));
            }
            case Decision.DeadLetter(String reason) -> {
                out.add(attempt(work, made, report, RouteStatus.FAILED, reason, now));
                out.add(tasks.deadLetter(
                        work,
                        made.retry(now, failure(report)),
                        reason,
                        failure(report).message()));
                settle(out, work, fate(work, made, report, RouteStatus.FAILED, reason, now), now);
            }
            case Decision.Expire() -> {
                out.add(attempt(work, made, report, RouteStatus.EXPIRED, Reasons.EXPIRED, now));
                settle(out, work, fate(work, made, report, RouteStatus.EXPIRED, Reasons.EXPIRED, now), now);
            }
        }
        return work.ended(withHeaders(out, work, traceHeaders));
    }

    /// The delivery's end had come before an attempt was made.
    Ended expired(Work work, Instant now) {
        Route route = work.task().route().ranked();
        List<ProducerRecord<String, byte[]>> out = new ArrayList<>();
        String deliveryStatus = route.isOnlyRoute() ? ResultStatus.EXPIRED.rowName() : null;
        out.add(write(
                work,
                new Event(
                        Event.Type.SETTLED,
                        work.task().delivery(),
                        route,
                        route.routes(),
                        work.destination(),
                        RouteStatus.EXPIRED.wireName(),
                        deliveryStatus,
                        Reasons.EXPIRED,
                        null,
                        0,
                        null,
                        null,
                        now)));
        settle(out, work, fate(work, route, null, RouteStatus.EXPIRED, Reasons.EXPIRED, now), now);
        return work.ended(withHeaders(out, work, Map.of()));
    }

    /// The last resort, where nothing can be encoded that says what became of an attempt: the request goes to
    /// the dead letters with its own bytes, and its result is written if only that can be.
    Ended unspeakable(Work work, Fault fault, Instant now) {
        List<ProducerRecord<String, byte[]>> out = new ArrayList<>();
        out.add(Poison.ofRequest(topics.deadLetters(), work.task().delivery(), fault));
        try {
            Route route = work.task().route().ranked();
            settle(out, work, fate(work, route, null, RouteStatus.FAILED, Reasons.AMBIGUOUS, now), now);
        } catch (RuntimeException e) {
            LOG.error("delivery {} has no result", work.task().delivery().id(), e);
        }
        return work.ended(withHeaders(out, work, Map.of()));
    }

    /// The task cannot be held here; it comes back at about this time, uncharged.
    Ended postponed(Work work, Instant due, Instant now) {
        Route later = work.task().route().postpone(tasks.plan().roundUp(now, due));
        return work.ended(withHeaders(List.of(tasks.waiting(work.task().with(later), now)), work, Map.of()));
    }

    private ProducerRecord<String, byte[]> attempt(
            Work work, Route made, AttemptReport report, RouteStatus status, @Nullable String reason, Instant now) {
        String deliveryStatus =
                made.isOnlyRoute() ? ResultStatus.of(List.of(status)).rowName() : null;
        return event(work, made, report, status.wireName(), deliveryStatus, reason, null, now);
    }

    private ProducerRecord<String, byte[]> event(
            Work work,
            Route made,
            AttemptReport report,
            String status,
            @Nullable String deliveryStatus,
            @Nullable String reason,
            @Nullable Instant due,
            Instant now) {
        return write(
                work,
                new Event(
                        Event.Type.ATTEMPT,
                        work.task().delivery(),
                        made,
                        made.routes(),
                        work.destination(),
                        status,
                        deliveryStatus,
                        reason,
                        null,
                        made.attempt(),
                        report,
                        due,
                        now));
    }

    private ProducerRecord<String, byte[]> write(Work work, Event event) {
        return new ProducerRecord<>(
                topics.attempts(),
                work.task().delivery().id(),
                records.encode(event).array());
    }

    /// Whoever ends the only route writes the result; of several, the router gathers the fates.
    private void settle(List<ProducerRecord<String, byte[]>> out, Work work, Fate fate, Instant now) {
        Delivery delivery = work.task().delivery();
        if (work.task().route().isOnlyRoute()) {
            Result result = Result.settled(delivery, List.of(fate), now);
            out.add(new ProducerRecord<>(
                    topics.results(), delivery.id(), records.encode(result).array()));
        } else {
            out.add(new ProducerRecord<>(
                    topics.returns(),
                    delivery.organizationId(),
                    records.encodeSettled(delivery, fate).array()));
        }
    }

    private static Fate fate(
            Work work,
            Route route,
            @Nullable AttemptReport report,
            RouteStatus status,
            @Nullable String reason,
            Instant now) {
        boolean charged = report != null && !(report.outcome() instanceof Outcome.OurFault);
        return new Fate(
                route.number(),
                status,
                reason,
                work.destination().id().toString(),
                work.destination().kind(),
                charged ? route.attempts() + 1 : route.attempts(),
                status == RouteStatus.DELIVERED || report == null ? route.last() : failure(report),
                report == null ? null : report.responseCode(),
                status == RouteStatus.DELIVERED && route.candidate() > 0,
                null,
                route.choice(),
                route.trail(),
                now);
    }

    private static LastFailure failure(AttemptReport report) {
        if (report.outcome() instanceof Outcome.Failed failed) {
            return failed.fault().asLastFailure();
        }
        throw new IllegalStateException("a delivered attempt has no failure");
    }

    private static List<ProducerRecord<String, byte[]>> withHeaders(
            List<ProducerRecord<String, byte[]>> out, Work work, Map<String, String> traceHeaders) {
        for (ProducerRecord<String, byte[]> record : out) {
            Headers headers = record.headers();
            if (traceHeaders.isEmpty()) {
                copy(work.headers(), headers, dev.waybill.schemas.Headers.TRACEPARENT);
                copy(work.headers(), headers, dev.waybill.schemas.Headers.TRACESTATE);
            }
            traceHeaders.forEach((name, value) -> headers.add(name, dev.waybill.schemas.Headers.bytes(value)));
        }
        return out;
    }

    private static void copy(Headers from, Headers to, String name) {
        var header = from.lastHeader(name);
        if (header != null) {
            to.add(header);
        }
    }
}
