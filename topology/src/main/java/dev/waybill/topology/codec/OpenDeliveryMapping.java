package dev.waybill.topology.codec;

import dev.waybill.avro.DeliveryResult;
import dev.waybill.avro.RouteClaim;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Origin;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.model.RuleChoice;
import dev.waybill.topology.model.Tier;
import dev.waybill.topology.settlement.Claim;
import dev.waybill.topology.settlement.OpenDelivery;
import java.util.List;
import java.util.Map;

/// The router's state of a delivery of several routes, both ways. It keeps what the result and the last event need, and
/// not the payload, which the tasks carry.
final class OpenDeliveryMapping {

    private static final String DRAFT = "OPEN";

    private OpenDeliveryMapping() {}

    static dev.waybill.avro.OpenDelivery toAvro(OpenDelivery open) {
        Delivery delivery = open.delivery();
        DeliveryResult draft = new DeliveryResult();
        ResultMapping.setDelivery(draft, delivery);
        draft.setStatus(DRAFT);
        draft.setRoutes(open.fates().stream().map(FateMapping::toAvro).toList());
        draft.setCompletedAt(delivery.queuedAt());
        return new dev.waybill.avro.OpenDelivery(
                draft,
                open.routes(),
                open.claims().stream().map(OpenDeliveryMapping::toAvro).toList(),
                open.cancelled(),
                delivery.request().tags(),
                delivery.request().requestedBy(),
                delivery.request().requestedAt());
    }

    static OpenDelivery toModel(dev.waybill.avro.OpenDelivery avro) {
        return new OpenDelivery(
                delivery(avro),
                avro.getRoutes(),
                avro.getDraft().getRoutes().stream().map(FateMapping::toModel).toList(),
                avro.getClaims().stream().map(OpenDeliveryMapping::toModel).toList(),
                avro.getCancelled());
    }

    private static RouteClaim toAvro(Claim claim) {
        RouteClaim avro = new RouteClaim();
        avro.setRoute(claim.route());
        avro.setDestinationId(claim.destination());
        avro.setJoinedRoute(claim.joined());
        avro.setAttempts(claim.attempts());
        avro.setTrail(FateMapping.trail(claim.trail()));
        RuleChoice rule = claim.rule();
        if (rule != null) {
            avro.setRuleId(rule.ruleId());
            avro.setRuleVersion(rule.version());
            avro.setRuleSelection(rule.selection());
            avro.setRuleTier(rule.tier().wireName());
        }
        return avro;
    }

    private static Claim toModel(RouteClaim avro) {
        return new Claim(
                avro.getRoute(),
                avro.getDestinationId(),
                avro.getJoinedRoute(),
                avro.getAttempts(),
                FateMapping.trailModel(avro.getTrail()),
                FateMapping.rule(
                        avro.getRuleId(),
                        avro.getRuleVersion(),
                        avro.getRuleSelection(),
                        avro.getRuleTier(),
                        Tier.FALLBACK));
    }

    private static Delivery delivery(dev.waybill.avro.OpenDelivery avro) {
        DeliveryResult draft = avro.getDraft();
        Request request = new Request(
                draft.getDeliveryId(),
                draft.getOrganizationId(),
                new Payload(draft.getPayloadType(), "", null, null, null),
                List.of(),
                null,
                avro.getTags(),
                null,
                draft.getIdempotencyKey(),
                draft.getCorrelationId(),
                draft.getCrossSystemReference(),
                Map.of(),
                null,
                null,
                draft.getMetadata(),
                avro.getRequestedAt() == null ? draft.getQueuedAt() : avro.getRequestedAt(),
                avro.getRequestedBy());
        return new Delivery(
                request,
                Bytes.of(new byte[0]),
                new Origin(draft.getRequestTopic(), draft.getRequestPartition(), draft.getRequestOffset()),
                draft.getQueuedAt(),
                draft.getPayloadSize(),
                draft.getPayloadHash());
    }
}
