package dev.waybill.topology.codec;

import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.RequestContext;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.model.Request;
import java.util.List;

/// Reads requests. They are never written here: the producer's bytes are passed on.
final class RequestMapping {

    private RequestMapping() {}

    static Request toModel(DeliveryRequest request) {
        RequestContext context = request.getContext();
        return new Request(
                request.getDeliveryId(),
                request.getOrganizationId(),
                toModel(request.getPayload()),
                request.getDestinationIds(),
                context == null ? null : context.getUserRole(),
                context == null ? List.of() : context.getTags(),
                context == null ? null : context.getOccurredAt(),
                request.getIdempotencyKey(),
                request.getCorrelationId(),
                request.getCrossSystemReference(),
                request.getHeaders(),
                request.getMaxAttempts(),
                request.getNotAfter(),
                request.getMetadata(),
                request.getRequestedAt(),
                request.getRequestedBy());
    }

    private static Payload toModel(dev.waybill.avro.Payload payload) {
        return new Payload(
                payload.getType(),
                payload.getContentType(),
                payload.getBody() == null ? null : Bytes.of(payload.getBody()),
                payload.getUri(),
                payload.getFilename());
    }
}
