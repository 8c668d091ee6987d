package dev.waybill.topology;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Condition;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Origin;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.model.Rule;
import dev.waybill.topology.model.Selection;
import dev.waybill.topology.model.Target;
import dev.waybill.topology.policy.Policy;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Values of the model for the tests of what is pure.
public final class Models {

    public static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private Models() {}

    public static Request request(String... destinations) {
        return request(null, null, destinations);
    }

    public static Request request(@Nullable Integer maxAttempts, @Nullable Instant notAfter, String... destinations) {
        return new Request(
                "d-1",
                "acme",
                new Payload("audit.report", "text/plain", Bytes.of(new byte[] {1}), null, null),
                List.of(destinations),
                null,
                List.of(),
                null,
                null,
                null,
                null,
                Map.of(),
                maxAttempts,
                notAfter,
                Map.of(),
                NOW,
                null);
    }

    public static Delivery delivery(Request request) {
        return new Delivery(request, Bytes.of(new byte[] {2}), new Origin("requests", 0, 7), NOW, 1, "hash");
    }

    public static Destination destination(String organization, String name, boolean enabled) {
        return new Destination(
                id(organization, name),
                organization,
                name,
                Kind.WEBHOOK,
                "webhook",
                enabled,
                Map.of(),
                Policy.defaults(Kind.WEBHOOK),
                null,
                Map.of(),
                1,
                Bytes.of(new byte[] {3}));
    }

    public static UUID id(String organization, String name) {
        return Samples.id(organization + name);
    }

    public static Rule rule(String id, int priority, List<UUID> primary, List<UUID> fallback, String... types) {
        return rule(id, priority, new Selection.All(), targets(primary), List.of(), targets(fallback), ofTypes(types));
    }

    public static Rule rule(
            String id,
            int priority,
            Selection selection,
            List<Target> primary,
            List<Target> secondary,
            List<Target> fallback,
            Condition... conditions) {
        return new Rule(
                "acme",
                id,
                id,
                priority,
                true,
                List.of(conditions),
                selection,
                primary,
                secondary,
                fallback,
                false,
                null,
                null,
                null,
                List.of(),
                1);
    }

    public static List<Target> targets(List<UUID> ids) {
        return ids.stream().map(id -> new Target(id, 1)).toList();
    }

    private static Condition[] ofTypes(String... types) {
        return types.length == 0
                ? new Condition[0]
                : new Condition[] {
                    new Condition.Type(
                            Arrays.stream(types).map(Condition.TypePattern::new).toList())
                };
    }
}
