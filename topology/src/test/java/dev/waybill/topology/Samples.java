package dev.waybill.topology;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.Destination;
import dev.waybill.avro.Payload;
import dev.waybill.avro.RuleTarget;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Records as producers and operators write them.
final class Samples {

    static final String ACME = "acme";
    static final String GLOBEX = "globex";

    static final byte[] BODY = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);

    private Samples() {}

    /// A destination id that is the same in every run.
    static UUID id(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    static Destination destination(String organization, String name) {
        return Destination.newBuilder()
                .setDestinationId(id(organization + name).toString())
                .setOrganizationId(organization)
                .setName(name)
                .setKind("webhook")
                .setProvider("webhook")
                .setSettings(Map.of("url", "https://" + name + ".example/"))
                .setVersion(1)
                .setUpdatedAt(HandMovedClock.START)
                .build();
    }

    static DeliveryRequest request(String deliveryId, String... destinations) {
        return DeliveryRequest.newBuilder()
                .setDeliveryId(deliveryId)
                .setOrganizationId(ACME)
                .setPayload(Payload.newBuilder()
                        .setType("audit.report")
                        .setContentType("application/json")
                        .setBody(ByteBuffer.wrap(BODY))
                        .build())
                .setDestinationIds(List.of(destinations))
                .setRequestedAt(HandMovedClock.START)
                .build();
    }

    static DefaultDestinationRule rule(String ruleId, int priority, List<UUID> primary, UUID... fallback) {
        return DefaultDestinationRule.newBuilder()
                .setOrganizationId(ACME)
                .setRuleId(ruleId)
                .setName(ruleId)
                .setPriority(priority)
                .setPrimary(targets(primary))
                .setFallback(targets(Arrays.asList(fallback)))
                .setVersion(1)
                .setChangedAt(HandMovedClock.START)
                .build();
    }

    private static List<RuleTarget> targets(List<UUID> ids) {
        return ids.stream().map(id -> new RuleTarget(id.toString(), 1)).toList();
    }
}
