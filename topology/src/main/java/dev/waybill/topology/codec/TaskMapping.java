package dev.waybill.topology.codec;

import dev.waybill.avro.DeliveryTask;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.LastFailure;
import dev.waybill.topology.model.Origin;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.RuleRef;
import dev.waybill.topology.model.Selection;
import dev.waybill.topology.model.Task;
import org.jspecify.annotations.Nullable;

/// Tasks, both ways. Request and destination inside stay the bytes they were.
final class TaskMapping {

    private TaskMapping() {}

    static DeliveryTask toAvro(Task task) {
        Delivery delivery = task.delivery();
        Route route = task.route();
        RuleRef rule = route.rule();
        LastFailure last = route.last();
        Destination destination = task.destination();
        DeliveryTask avro = new DeliveryTask();
        avro.setDeliveryId(delivery.id());
        avro.setOrganizationId(delivery.organizationId());
        avro.setRequest(delivery.encoded().buffer());
        avro.setRequestTopic(delivery.origin().topic());
        avro.setRequestPartition(delivery.origin().partition());
        avro.setRequestOffset(delivery.origin().offset());
        avro.setQueuedAt(delivery.queuedAt());
        avro.setPayloadSize(delivery.payloadSize());
        avro.setPayloadHash(delivery.payloadHash());
        avro.setRoute(route.number());
        avro.setRoutes(route.routes());
        if (rule != null) {
            avro.setRuleId(rule.ruleId());
            avro.setRuleVersion(rule.version());
            avro.setRuleSelection(rule.selection());
            avro.setPrimaries(rule.primaries());
            avro.setSecondaries(rule.secondaries());
        }
        avro.setCandidates(route.candidates());
        avro.setCandidate(route.candidate());
        avro.setAttempt(route.attempt());
        avro.setAttempts(route.attempts());
        avro.setRank(route.rank());
        avro.setDueAt(route.dueAt());
        avro.setTurns(route.turns());
        avro.setDestination(destination == null ? null : destination.encoded().buffer());
        avro.setLastErrorCode(last == null ? null : last.code());
        avro.setLastErrorMessage(last == null ? null : last.message());
        avro.setLastResponseCode(last == null ? null : last.responseCode());
        avro.setTrail(FateMapping.trail(route.trail()));
        avro.setHealth(task.health() == null ? null : HealthMapping.toAvro(task.health()));
        return avro;
    }

    static Task toModel(DeliveryTask avro, Request request, @Nullable Destination destination) {
        requireConsistent(avro, request);
        Delivery delivery = new Delivery(
                request,
                Bytes.of(avro.getRequest()),
                new Origin(avro.getRequestTopic(), avro.getRequestPartition(), avro.getRequestOffset()),
                avro.getQueuedAt(),
                avro.getPayloadSize(),
                avro.getPayloadHash());
        String lastCode = avro.getLastErrorCode();
        Route route = new Route(
                avro.getRoute(),
                avro.getRoutes(),
                rule(avro),
                avro.getCandidates(),
                avro.getCandidate(),
                avro.getAttempt(),
                avro.getAttempts(),
                avro.getRank(),
                avro.getDueAt(),
                avro.getTurns(),
                lastCode == null
                        ? null
                        : new LastFailure(lastCode, avro.getLastErrorMessage(), avro.getLastResponseCode()),
                FateMapping.trailModel(avro.getTrail()));
        return new Task(
                delivery,
                route,
                destination,
                avro.getHealth() == null ? null : HealthMapping.toModel(avro.getHealth()));
    }

    private static @Nullable RuleRef rule(DeliveryTask avro) {
        if (avro.getRuleId() == null || avro.getRuleVersion() == null) {
            return null;
        }
        String selection = avro.getRuleSelection();
        return selection == null
                // Written before there were others.
                ? new RuleRef(avro.getRuleId(), avro.getRuleVersion(), new Selection.All().wireName(), 1, 0)
                : new RuleRef(
                        avro.getRuleId(), avro.getRuleVersion(), selection, avro.getPrimaries(), avro.getSecondaries());
    }

    /// A task that router and sinks would stumble over is refused where it is read.
    private static void requireConsistent(DeliveryTask avro, Request request) {
        if (!avro.getDeliveryId().equals(request.deliveryId())
                || !avro.getOrganizationId().equals(request.organizationId())) {
            throw new InvalidRecordException("the task is about another delivery than the request inside");
        }
        boolean resolved = avro.getRoute() != Route.UNRESOLVED;
        if (resolved
                && (avro.getCandidate() < 0
                        || avro.getCandidate() >= avro.getCandidates().size())) {
            throw new InvalidRecordException("candidate " + avro.getCandidate() + " is none of "
                    + avro.getCandidates().size());
        }
        if (avro.getAttempt() < 1 || avro.getAttempts() < 0 || avro.getTurns() < 0) {
            throw new InvalidRecordException("attempts are numbered from 1, and counts are not negative");
        }
    }
}
