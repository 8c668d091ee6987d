package dev.waybill.worker.projector.fold;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Where an organization's deliveries go by default, read off its rules: the primary targets of the active rule without
/// conditions that has the highest priority. The first target is the primary one; deleted ones are left out.
public final class Defaults {

    private static final Comparator<Rule> EVALUATION =
            Comparator.comparingInt(Rule::priority).reversed().thenComparing(Rule::ruleId);

    private Defaults() {}

    public static List<Row> of(String organizationId, Collection<Rule> rules, Set<UUID> living) {
        Optional<Rule> rule = rules.stream()
                .filter(candidate -> candidate.active() && !candidate.conditional())
                .min(EVALUATION);
        if (rule.isEmpty()) {
            return List.of();
        }
        List<UUID> targets = new LinkedHashSet<>(rule.get().primary())
                .stream().filter(living::contains).toList();
        return targets.stream()
                .map(target -> new Row(
                        RowIds.defaultDestination(organizationId, target),
                        organizationId,
                        target,
                        target.equals(targets.getFirst()),
                        rule.get().changedAt(),
                        rule.get().changedBy()))
                .toList();
    }

    public record Rule(
            String ruleId,
            int priority,
            boolean active,
            boolean conditional,
            List<UUID> primary,
            Instant changedAt,
            @Nullable String changedBy) {}

    /// A row of `default_destinations`.
    public record Row(
            UUID id,
            String organizationId,
            UUID destinationId,
            boolean isPrimary,
            Instant createdAt,
            @Nullable String createdBy) {}
}
