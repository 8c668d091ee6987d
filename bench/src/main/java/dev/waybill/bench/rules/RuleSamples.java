package dev.waybill.bench.rules;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.Destination;
import dev.waybill.avro.Payload;
import dev.waybill.avro.RequestContext;
import dev.waybill.avro.RuleConditions;
import dev.waybill.avro.RuleTarget;
import dev.waybill.schemas.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/// Rules as organizations have them, and requests for them.
///
/// Each five rules are about one subject, such as orders: what is created goes by role and weight, what changes by tag
/// with failover, what concerns a region is copied, what is deleted is spread, and one takes the rest of the subject.
/// So a request meets about six of them, whatever their number.
final class RuleSamples {

    static final int DESTINATIONS = 4;

    private static final int RULES_OF_A_SUBJECT = 5;
    private static final int ROLES = 8;
    private static final int TAGS = 20;
    private static final List<String> ACTIONS = List.of("created", "updated", "deleted", "viewed");
    private static final Instant CHANGED = Instant.parse("2026-11-01T00:00:00Z");
    private static final String URGENT = "urgent";

    private final String organization;
    private final int count;

    /// Of one organization.
    ///
    /// @param count of its rules
    RuleSamples(String organization, int count) {
        this.organization = organization;
        this.count = count;
    }

    List<DefaultDestinationRule> rules() {
        List<DefaultDestinationRule> rules = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            rules.add(rule(i));
        }
        return rules;
    }

    private DefaultDestinationRule rule(int number) {
        String subject = subject(number / RULES_OF_A_SUBJECT);
        DefaultDestinationRule.Builder rule = DefaultDestinationRule.newBuilder()
                .setOrganizationId(organization)
                .setRuleId("rule-" + number)
                .setName("Rule " + number)
                .setPriority(RULES_OF_A_SUBJECT - number % RULES_OF_A_SUBJECT)
                .setVersion(1)
                .setChangedAt(CHANGED);
        RuleConditions.Builder conditions = RuleConditions.newBuilder();
        switch (number % RULES_OF_A_SUBJECT) {
            case 0 -> {
                conditions.setPayloadTypes(List.of(subject + ".created")).setUserRoles(List.of(role(number)));
                rule.setSelection("weighted").setPrimary(List.of(target(0, 5), target(1, 3), target(2, 1)));
            }
            case 1 -> {
                conditions
                        .setPayloadTypes(List.of(subject + ".created", subject + ".updated"))
                        .setTagsAny(List.of(tag(number), URGENT));
                rule.setSelection("failover")
                        .setPrimary(List.of(target(0, 1)))
                        .setSecondary(List.of(target(1, 1)))
                        .setFallback(List.of(target(3, 1)));
            }
            case 2 -> {
                conditions.setPayloadTypes(List.of(subject + ".*")).setMetadata(Map.of("region", "eu"));
                rule.setContinues(true).setPrimary(List.of(target(2, 1)));
            }
            case 3 -> {
                conditions.setPayloadTypes(List.of(subject + ".deleted")).setTagsNone(List.of("test"));
                rule.setSelection("round-robin").setPrimary(List.of(target(0, 1), target(1, 1)));
            }
            default -> {
                conditions.setPayloadTypes(List.of(subject + ".*"));
                rule.setPrimary(List.of(target(0, 1))).setFallback(List.of(target(3, 1)));
            }
        }
        return rule.setConditions(conditions.build()).build();
    }

    List<Destination> destinations() {
        List<Destination> destinations = new ArrayList<>();
        for (int i = 0; i < DESTINATIONS; i++) {
            destinations.add(Destination.newBuilder()
                    .setDestinationId(destination(i))
                    .setOrganizationId(organization)
                    .setName("hook-" + i)
                    .setKind(Kind.WEBHOOK.wireName())
                    .setProvider("webhook")
                    .setSettings(Map.of("url", "https://" + organization + ".example/hook-" + i))
                    .setVersion(1)
                    .setUpdatedAt(CHANGED)
                    .build());
        }
        return destinations;
    }

    /// A request without destinations, about anything that the rules are about.
    ///
    /// @param body of its payload
    DeliveryRequest request(String deliveryId, Random random, byte[] body) {
        int subject = random.nextInt(Math.max(1, count / RULES_OF_A_SUBJECT));
        return DeliveryRequest.newBuilder()
                .setDeliveryId(deliveryId)
                .setOrganizationId(organization)
                .setPayload(Payload.newBuilder()
                        .setType(subject(subject) + "." + ACTIONS.get(random.nextInt(ACTIONS.size())))
                        .setContentType("application/json")
                        .setBody(ByteBuffer.wrap(body))
                        .build())
                .setContext(RequestContext.newBuilder()
                        .setUserRole(role(random.nextInt(ROLES)))
                        .setTags(List.of(tag(random.nextInt(TAGS)), random.nextInt(4) == 0 ? URGENT : "usual"))
                        .build())
                .setMetadata(Map.of("region", random.nextInt(4) == 0 ? "eu" : "us", "source", "shop"))
                .setRequestedAt(CHANGED)
                .build();
    }

    String destination(int number) {
        return UUID.nameUUIDFromBytes((organization + "/" + number).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    private RuleTarget target(int number, int weight) {
        return new RuleTarget(destination(number), weight);
    }

    private static String subject(int number) {
        return "subject" + number;
    }

    private static String role(int number) {
        return "role" + number % ROLES;
    }

    private static String tag(int number) {
        return "tag" + number % TAGS;
    }
}
