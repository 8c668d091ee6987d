package dev.waybill.topology.codec;

import dev.waybill.avro.DeliveryResult;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.model.Result;

/// Writes results.
final class ResultMapping {

    private ResultMapping() {}

    static DeliveryResult toAvro(Result result) {
        DeliveryResult avro = new DeliveryResult();
        setDelivery(avro, result.delivery());
        avro.setStatus(result.status().name());
        avro.setReason(result.reason());
        avro.setRoutes(result.routes().stream().map(FateMapping::toAvro).toList());
        avro.setDuplicateOf(result.duplicateOf());
        avro.setCompletedAt(result.completedAt());
        return avro;
    }

    static void setDelivery(DeliveryResult avro, Delivery delivery) {
        Request request = delivery.request();
        avro.setDeliveryId(delivery.id());
        avro.setOrganizationId(delivery.organizationId());
        avro.setIdempotencyKey(request.idempotencyKey());
        avro.setCorrelationId(request.correlationId());
        avro.setCrossSystemReference(request.crossSystemReference());
        avro.setMetadata(request.metadata());
        avro.setPayloadType(request.payload().type());
        avro.setPayloadSize(delivery.payloadSize());
        avro.setPayloadHash(delivery.payloadHash());
        avro.setRequestTopic(delivery.origin().topic());
        avro.setRequestPartition(delivery.origin().partition());
        avro.setRequestOffset(delivery.origin().offset());
        avro.setQueuedAt(delivery.queuedAt());
    }
}
