package dev.waybill.topology.model;

import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/// A stored default-destination rule of an organization.
///
/// @param payloadTypes types for which the rule matches, exact or ending in `.*`; empty means any
/// @param primary      each is a route of its own
/// @param fallback     further candidates of every route, in order
public record Rule(
        String organizationId,
        String ruleId,
        String name,
        int priority,
        boolean active,
        List<String> payloadTypes,
        List<UUID> primary,
        List<UUID> fallback,
        long version) {

    /// The order of evaluation: highest priority first; equal ones by id, so that it is the same everywhere.
    public static final Comparator<Rule> EVALUATION_ORDER =
            Comparator.comparingInt(Rule::priority).reversed().thenComparing(Rule::ruleId);

    public Rule {
        payloadTypes = List.copyOf(payloadTypes);
        primary = List.copyOf(primary);
        fallback = List.copyOf(fallback);
    }

    public RuleRef ref() {
        return new RuleRef(ruleId, version);
    }

    /// Whether the rule applies to a request.
    public boolean matches(Request request) {
        return active && (payloadTypes.isEmpty() || payloadTypes.stream().anyMatch(p -> covers(p, request)));
    }

    private static boolean covers(String pattern, Request request) {
        String type = request.payload().type();
        return pattern.endsWith(".*")
                ? type.startsWith(pattern.substring(0, pattern.length() - 1))
                : type.equals(pattern);
    }
}
