package dev.waybill.worker.ops;

import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.Payload;
import dev.waybill.avro.RequestContext;
import dev.waybill.schemas.Keys;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Reads delivery requests.
final class DeliveryJson {

    private static final Set<String> FIELDS = Set.of(
            "deliveryId",
            "payload",
            "destinations",
            "context",
            "idempotencyKey",
            "correlationId",
            "crossSystemReference",
            "headers",
            "maxAttempts",
            "notAfter",
            "metadata");

    private static final Set<String> PAYLOAD_FIELDS =
            Set.of("type", "contentType", "text", "base64", "uri", "filename");

    private static final int TEXT_MAX = 255;
    private static final int TYPE_MAX = 100;
    private static final int URI_MAX = 2_048;
    private static final int DESTINATIONS_MAX = 50;
    private static final int TAGS_MAX = 50;
    private static final int ATTEMPTS_MAX = 1_000;

    private final int payloadMax;

    /// @param payloadMax bytes of payload that a request may carry
    DeliveryJson(int payloadMax) {
        this.payloadMax = payloadMax;
    }

    DeliveryRequest read(ObjectNode body, String organization, Instant now, @Nullable String who) {
        Fields fields = Fields.of(body, FIELDS);
        DeliveryRequest request = new DeliveryRequest();
        request.setDeliveryId(deliveryId(fields));
        request.setOrganizationId(organization);
        request.setPayload(payload(fields));
        request.setDestinationIds(fields.texts("destinations", DESTINATIONS_MAX));
        request.setContext(context(fields.object("context", Set.of("userRole", "tags", "occurredAt"))));
        request.setIdempotencyKey(fields.text("idempotencyKey", TEXT_MAX));
        request.setCorrelationId(fields.text("correlationId", TEXT_MAX));
        request.setCrossSystemReference(fields.text("crossSystemReference", TEXT_MAX));
        request.setHeaders(fields.map("headers"));
        request.setMaxAttempts(fields.integer("maxAttempts", 1, ATTEMPTS_MAX));
        request.setNotAfter(fields.time("notAfter"));
        request.setMetadata(fields.map("metadata"));
        request.setRequestedAt(now);
        request.setRequestedBy(who);
        fields.throwIfFaulty();
        return request;
    }

    private static String deliveryId(Fields fields) {
        if (!fields.has("deliveryId")) {
            return UUID.randomUUID().toString();
        }
        String id = fields.requiredText("deliveryId", TEXT_MAX);
        if (!id.isEmpty() && !Keys.isToken(id)) {
            fields.fault("deliveryId", "matches [A-Za-z0-9_-]{1,255}");
        }
        return id;
    }

    private Payload payload(Fields fields) {
        Fields payload = fields.object("payload", PAYLOAD_FIELDS);
        Payload result = new Payload("", "application/octet-stream", null, null, null);
        if (payload == null) {
            if (!fields.has("payload")) {
                fields.fault("payload", "is required");
            }
            return result;
        }
        result.setType(payload.requiredText("type", TYPE_MAX));
        String contentType = payload.text("contentType", TEXT_MAX);
        if (contentType != null) {
            result.setContentType(contentType);
        }
        result.setFilename(payload.text("filename", TEXT_MAX));
        result.setUri(payload.text("uri", URI_MAX));
        byte[] bytes = bytes(payload);
        if (bytes != null) {
            if (bytes.length > payloadMax) {
                payload.fault("base64", "the payload has " + bytes.length + " bytes; at most " + payloadMax);
            }
            result.setBody(ByteBuffer.wrap(bytes));
        }
        long given =
                List.of("text", "base64", "uri").stream().filter(payload::has).count();
        if (given != 1) {
            payload.fault("base64", "exactly one of text, base64 and uri is needed");
        }
        return result;
    }

    private byte @Nullable [] bytes(Fields payload) {
        String text = payload.text("text", Integer.MAX_VALUE);
        if (text != null) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        String base64 = payload.text("base64", Integer.MAX_VALUE);
        try {
            return base64 == null ? null : Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException _) {
            payload.fault("base64", "is no base64");
            return null;
        }
    }

    private static @Nullable RequestContext context(@Nullable Fields fields) {
        return fields == null
                ? null
                : new RequestContext(
                        fields.text("userRole", TEXT_MAX), fields.texts("tags", TAGS_MAX), fields.time("occurredAt"));
    }
}
