package dev.waybill.schemas.serde;

import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.Payload;
import dev.waybill.avro.RequestContext;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

final class Samples {

    static final String TOPIC = "delivery.requests";

    private Samples() {}

    static DeliveryRequest request() {
        return DeliveryRequest.newBuilder()
                .setDeliveryId("d-1")
                .setOrganizationId("acme")
                .setPayload(Payload.newBuilder()
                        .setType("audit.report")
                        .setContentType("application/json")
                        .setBody(ByteBuffer.wrap("{\"a\":1}".getBytes(StandardCharsets.UTF_8)))
                        .build())
                .setDestinationIds(List.of("hook", "archive"))
                .setContext(RequestContext.newBuilder().setTags(List.of("eu")).build())
                .setHeaders(Map.of("x-trace", "1"))
                .setMetadata(Map.of("k", "v"))
                .setRequestedAt(Instant.parse("2026-01-02T03:04:05.678Z"))
                .build();
    }
}
