package dev.waybill.topology.codec;

import dev.waybill.avro.DeliveryAttempt;
import dev.waybill.avro.PhaseTimes;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Event;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.RuleChoice;
import dev.waybill.topology.policy.Decisions;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes events.
final class EventMapping {

    private EventMapping() {}

    static DeliveryAttempt toAvro(Event event, @Nullable String worker) {
        DeliveryAttempt avro = new DeliveryAttempt();
        avro.setEvent(event.type().name().toLowerCase(Locale.ROOT));
        avro.setRoutes(event.routes());
        avro.setStatus(event.status());
        avro.setDeliveryStatus(event.deliveryStatus());
        avro.setReason(event.reason());
        avro.setDuplicateOf(event.duplicateOf());
        avro.setAttempt(event.attempt());
        avro.setDueAt(event.dueAt());
        avro.setAt(event.at());
        avro.setTrigger("automatic");
        avro.setWorker(worker);
        setRoute(avro, event.route());
        setDestination(avro, event.destination(), event.delivery());
        setDelivery(avro, event.delivery());
        setReport(avro, event.report());
        return avro;
    }

    private static void setRoute(DeliveryAttempt avro, @Nullable Route route) {
        if (route == null) {
            avro.setRank(Event.FINAL_RANK);
            avro.setRoute(Route.UNRESOLVED);
            return;
        }
        avro.setRank(route.rank());
        avro.setRoute(route.number());
        RuleChoice rule = route.choice();
        if (rule != null) {
            avro.setRuleId(rule.ruleId());
            avro.setRuleVersion(rule.version());
            avro.setRuleSelection(rule.selection());
            avro.setRuleTier(rule.tier().wireName());
        }
    }

    private static void setDestination(DeliveryAttempt avro, @Nullable Destination destination, Delivery delivery) {
        avro.setLabels(destination == null ? Map.of() : destination.labels());
        if (destination == null) {
            return;
        }
        avro.setDestinationId(destination.id().toString());
        avro.setDestinationName(destination.name());
        avro.setKind(destination.kind().wireName());
        avro.setProvider(destination.provider());
        avro.setRegion(destination.region());
        avro.setPolicyVersion(destination.version());
        avro.setMaxAttempts(Decisions.maxAttempts(delivery, destination.policy()));
        avro.setAttempts(avro.getAttempt());
    }

    private static void setDelivery(DeliveryAttempt avro, Delivery delivery) {
        Request request = delivery.request();
        avro.setDeliveryId(delivery.id());
        avro.setOrganizationId(delivery.organizationId());
        avro.setPayloadType(request.payload().type());
        avro.setPayloadSize(delivery.payloadSize());
        avro.setPayloadHash(delivery.payloadHash());
        avro.setIdempotencyKey(request.idempotencyKey());
        avro.setCorrelationId(request.correlationId());
        avro.setCrossSystemReference(request.crossSystemReference());
        avro.setMetadata(request.metadata());
        avro.setTags(request.tags());
        avro.setRequestedBy(request.requestedBy());
        avro.setRequestedAt(request.requestedAt());
        avro.setRequestTopic(delivery.origin().topic());
        avro.setRequestPartition(delivery.origin().partition());
        avro.setRequestOffset(delivery.origin().offset());
        avro.setQueuedAt(delivery.queuedAt());
    }

    private static void setReport(DeliveryAttempt avro, @Nullable AttemptReport report) {
        if (report == null) {
            return;
        }
        avro.setOutcome(report.outcome().getClass().getSimpleName());
        if (report.outcome() instanceof Outcome.Failed failed) {
            Fault fault = failed.fault();
            avro.setErrorCategory(fault.category().wireName());
            avro.setErrorCode(fault.code());
            avro.setErrorMessage(fault.message());
        }
        avro.setResponseCode(report.responseCode());
        avro.setResponseHeaders(report.responseHeaders().isEmpty() ? null : report.responseHeaders());
        avro.setResponseExcerpt(report.responseExcerpt());
        avro.setBytesSent(report.bytesSent());
        avro.setRemoteAddress(report.remoteAddress());
        avro.setPhases(phases(report.phases()));
        avro.setStartedAt(report.startedAt());
    }

    private static PhaseTimes phases(AttemptReport.Phases phases) {
        return new PhaseTimes(
                micros(phases.dns()),
                micros(phases.connect()),
                micros(phases.tls()),
                micros(phases.firstByte()),
                phases.total().toNanos() / 1_000);
    }

    private static @Nullable Long micros(@Nullable Duration duration) {
        return duration == null ? null : duration.toNanos() / 1_000;
    }
}
