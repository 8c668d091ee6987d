package dev.waybill.worker.ops;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.RuleTarget;
import dev.waybill.topology.model.Rule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// An organization's default destinations, kept as its base rule: one route, first to the primary one, then to the
/// others in the order in which they were set.
///
/// Where there are defaults one is primary: the first that was set, until another one is set as primary or it is
/// removed.
final class BaseRule {

    private static final String SELECTION = "failover";

    private BaseRule() {}

    /// The destinations of a base rule, the primary one first.
    static List<RuleTarget> destinations(DefaultDestinationRule rule) {
        return Stream.of(rule.getPrimary(), rule.getSecondary(), rule.getFallback())
                .flatMap(List::stream)
                .toList();
    }

    /// The base rule with one more destination, or with one in another place.
    ///
    /// @param before  the base rule there is
    /// @param primary whether it is to be the primary one, or one of the others; null leaves it where it is
    static DefaultDestinationRule with(
            @Nullable DefaultDestinationRule before,
            String organization,
            String destinationId,
            @Nullable Boolean primary) {
        List<RuleTarget> targets = new ArrayList<>(before == null ? List.of() : simple(before));
        RuleTarget target = new RuleTarget(destinationId, 1);
        boolean isSet = targets.contains(target);
        if (!isSet || primary != null) {
            targets.remove(target);
            targets.add(Boolean.TRUE.equals(primary) ? 0 : targets.size(), target);
        }
        return of(before, organization, targets);
    }

    /// The base rule without a destination.
    ///
    /// @return null if none is left
    static @Nullable DefaultDestinationRule without(DefaultDestinationRule before, String destinationId) {
        List<RuleTarget> targets = new ArrayList<>(simple(before));
        if (!targets.removeIf(target -> target.getDestinationId().equals(destinationId))) {
            throw ProblemException.notFound("this is no default destination of the organization");
        }
        return targets.isEmpty() ? null : of(before, before.getOrganizationId(), targets);
    }

    /// Destinations of a base rule that says no more than a list can.
    private static List<RuleTarget> simple(DefaultDestinationRule rule) {
        if (!rule.getSelection().equals(SELECTION)
                || rule.getPrimary().size() != 1
                || !rule.getFallback().isEmpty()
                || destinations(rule).stream().anyMatch(target -> target.getWeight() != 1)) {
            throw ProblemException.conflict(
                    "the base rule was written as a rule and says more than a list of defaults: " + "change the rule "
                            + Rule.BASE_ID + " itself, or delete it first");
        }
        return destinations(rule);
    }

    private static DefaultDestinationRule of(
            @Nullable DefaultDestinationRule before, String organization, List<RuleTarget> targets) {
        DefaultDestinationRule.Builder rule = before == null
                ? DefaultDestinationRule.newBuilder()
                        .setOrganizationId(organization)
                        .setRuleId(Rule.BASE_ID)
                        .setName("Default destinations")
                        .setPriority(0)
                        .setSelection(SELECTION)
                        .setVersion(0)
                        .setChangedAt(Instant.EPOCH)
                : DefaultDestinationRule.newBuilder(before);
        return rule.setPrimary(targets.subList(0, 1))
                .setSecondary(targets.subList(1, targets.size()))
                .build();
    }
}
