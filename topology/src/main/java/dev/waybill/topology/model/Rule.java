package dev.waybill.topology.model;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A stored default-destination rule of an organization.
///
/// @param conditions all must hold; none means that it always matches
/// @param primary    the first tier, at least one
/// @param continues  whether later rules are looked at too where this one matches
/// @param validFrom  it does not match before
/// @param validUntil it does not match from then on
/// @param template   the id of the template it was made from
/// @param constraints what it demands of all the organization's rules and destinations
public record Rule(
        String organizationId,
        String ruleId,
        String name,
        int priority,
        boolean active,
        List<Condition> conditions,
        Selection selection,
        List<Target> primary,
        List<Target> secondary,
        List<Target> fallback,
        boolean continues,
        @Nullable Instant validFrom,
        @Nullable Instant validUntil,
        @Nullable String template,
        List<Constraint> constraints,
        long version) {

    /// The organization's base rule: what is left when no other one matches.
    public static final String BASE_ID = "defaults";

    /// The order of evaluation: the base rule last whatever its priority, the others by priority, highest first; equal
    /// ones by id, so that it is the same everywhere.
    public static final Comparator<Rule> EVALUATION_ORDER = Comparator.comparing(
                    (Rule rule) -> rule.ruleId().equals(BASE_ID))
            .thenComparing(Comparator.comparingInt(Rule::priority).reversed())
            .thenComparing(Rule::ruleId);

    public Rule {
        conditions = List.copyOf(conditions);
        primary = List.copyOf(primary);
        secondary = List.copyOf(secondary);
        fallback = List.copyOf(fallback);
        constraints = List.copyOf(constraints);
    }

    /// Its destinations of one tier.
    public List<Target> targets(Tier tier) {
        return switch (tier) {
            case PRIMARY -> primary;
            case SECONDARY -> secondary;
            case FALLBACK -> fallback;
        };
    }

    /// Who demands what it demands.
    public String origin() {
        return template == null ? ruleId : template;
    }

    /// Whether the rule applies to a request.
    ///
    /// @param now the router's time
    public boolean matches(Request request, Instant now) {
        if (!isInForce(now)) {
            return false;
        }
        for (Condition condition : conditions) {
            if (!condition.holds(request, now)) {
                return false;
            }
        }
        return true;
    }

    /// Whether it is active, and now is within its validity.
    public boolean isInForce(Instant now) {
        return active
                && (validFrom == null || !now.isBefore(validFrom))
                && (validUntil == null || now.isBefore(validUntil));
    }
}
