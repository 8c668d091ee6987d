package dev.waybill.worker.projector.store;

import dev.waybill.worker.projector.fold.Change.DestinationPut;
import dev.waybill.worker.projector.fold.Change.RulePut;
import dev.waybill.worker.projector.fold.Claim;
import dev.waybill.worker.projector.fold.ConfigChanges;
import dev.waybill.worker.projector.fold.ConfigChanges.DestinationState;
import dev.waybill.worker.projector.fold.ConfigChanges.RuleState;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Destinations and rules, written in the order of their topics.
final class ConfigTables {

    private record Put(DestinationPut destination, @Nullable Instant deletedAt) {}

    /// A stub takes whatever its configuration record says. Otherwise organization and kind are for life; a record that
    /// would change them touches no row.
    private static final UnnestInsert<Put> DESTINATIONS = UnnestInsert.<Put>into("delivery_destinations")
            .uuid("id", put -> put.destination().destinationId())
            .text("organization_id", put -> put.destination().organizationId())
            .text("name", put -> put.destination().name())
            .text("kind", put -> put.destination().kind())
            .text("provider", put -> put.destination().provider())
            .text("region", put -> put.destination().region())
            .textAs("jsonb", "labels", put -> Json.object(put.destination().labels()))
            .bool("enabled", put -> put.destination().enabled())
            .bool("stub", _ -> false)
            .bigint("version", put -> put.destination().version())
            .time("updated_at", put -> put.destination().updatedAt())
            .text("updated_by", put -> put.destination().updatedBy())
            .time("deleted_at", Put::deletedAt)
            .onConflict("""
                    on conflict (id) do update set organization_id = excluded.organization_id, name = excluded.name,
                    kind = excluded.kind, provider = excluded.provider, region = excluded.region,
                    labels = excluded.labels, enabled = excluded.enabled, stub = false, version = excluded.version,
                    updated_at = excluded.updated_at, updated_by = excluded.updated_by, deleted_at = excluded.deleted_at
                    where t.stub or (t.organization_id = excluded.organization_id and t.kind = excluded.kind)
                    returning id
                    """);

    private static final String DELETE_DESTINATIONS = """
            update delivery_destinations t
            set deleted_at = timestamptz 'epoch' + x.at * interval '1 microsecond'
            from unnest(?::uuid[], ?::text[], ?::int8[]) as x(id, organization_id, at)
            where t.id = x.id and t.organization_id = x.organization_id
            """;

    private static final UnnestInsert<RulePut> RULES = UnnestInsert.<RulePut>into("default_destination_rules")
            .text("organization_id", RulePut::organizationId)
            .text("rule_id", RulePut::ruleId)
            .text("name", RulePut::name)
            .integer("priority", RulePut::priority)
            .bool("active", RulePut::active)
            .textAs("jsonb", "conditions", RulePut::conditions)
            .textAs("uuid[]", "primary_ids", put -> Json.array(put.primary()))
            .textAs("uuid[]", "secondary_ids", put -> Json.array(put.secondary()))
            .textAs("uuid[]", "fallback_ids", put -> Json.array(put.fallback()))
            .textAs("jsonb", "weights", put -> Json.object(put.weights()))
            .text("selection", RulePut::selection)
            .text("sticky_by", RulePut::stickyBy)
            .bool("continues", RulePut::continues)
            .time("valid_from", RulePut::validFrom)
            .time("valid_until", RulePut::validUntil)
            .text("template_id", RulePut::templateId)
            .bigint("template_version", RulePut::templateVersion)
            .textAs("jsonb", "constraints", RulePut::constraints)
            .bigint("version", RulePut::version)
            .time("changed_at", RulePut::changedAt)
            .text("changed_by", RulePut::changedBy)
            .onConflict("""
                    on conflict (organization_id, rule_id) do update set name = excluded.name,
                    priority = excluded.priority, active = excluded.active, conditions = excluded.conditions,
                    primary_ids = excluded.primary_ids, secondary_ids = excluded.secondary_ids,
                    fallback_ids = excluded.fallback_ids, weights = excluded.weights, selection = excluded.selection,
                    sticky_by = excluded.sticky_by, continues = excluded.continues,
                    template_id = excluded.template_id, template_version = excluded.template_version,
                    constraints = excluded.constraints, valid_from = excluded.valid_from, valid_until = excluded.valid_until,
                    version = excluded.version, changed_at = excluded.changed_at, changed_by = excluded.changed_by
                    """);

    private static final String DELETE_RULES = """
            delete from default_destination_rules t using unnest(?::text[], ?::text[]) as x(organization_id, rule_id)
            where t.organization_id = x.organization_id and t.rule_id = x.rule_id
            """;

    private ConfigTables() {}

    /// Writes destinations and rules.
    ///
    /// @return destinations that were refused, because organization or kind of an id do not change
    static Set<UUID> write(Session session, ConfigChanges changes, Owners owners) {
        Set<UUID> refused = putDestinations(session, changes.destinations());
        deleteDestinations(session, changes.destinations());
        putRules(session, changes.rules(), owners);
        deleteRules(session, changes.rules());
        return refused;
    }

    private static Set<UUID> putDestinations(Session session, Collection<DestinationState> states) {
        List<Put> puts = states.stream()
                .filter(state -> state.put() != null)
                .map(state -> new Put(Objects.requireNonNull(state.put()), state.deletedAt()))
                .toList();
        Set<UUID> refused = puts.stream()
                .map(put -> put.destination().destinationId())
                .collect(Collectors.toCollection(HashSet::new));
        DESTINATIONS.returning(session, puts).forEach(refused::remove);
        return refused;
    }

    private static void deleteDestinations(Session session, Collection<DestinationState> states) {
        List<DestinationState> deleted = states.stream()
                .filter(state -> state.put() == null && state.deletedAt() != null)
                .toList();
        if (!deleted.isEmpty()) {
            session.execute(
                    DELETE_DESTINATIONS,
                    deleted.stream().map(DestinationState::destinationId).toArray(UUID[]::new),
                    deleted.stream().map(DestinationState::organizationId).toArray(String[]::new),
                    deleted.stream()
                            .map(state -> UnnestInsert.Times.toMicros(Objects.requireNonNull(state.deletedAt())))
                            .toArray(Long[]::new));
        }
    }

    /// A rule may be read before the destinations it names: they have another topic.
    private static void putRules(Session session, Collection<RuleState> states, Owners owners) {
        List<RulePut> puts =
                states.stream().map(RuleState::put).filter(Objects::nonNull).toList();
        owners.claim(
                session,
                puts.stream()
                        .flatMap(put -> Stream.of(put.primary(), put.secondary(), put.fallback())
                                .flatMap(List::stream)
                                .map(id -> new Claim(id, put.organizationId(), null, null, null)))
                        .distinct()
                        .toList());
        RULES.write(session, puts);
    }

    private static void deleteRules(Session session, Collection<RuleState> states) {
        List<RuleState> deleted =
                states.stream().filter(state -> state.put() == null).toList();
        if (!deleted.isEmpty()) {
            session.execute(
                    DELETE_RULES,
                    deleted.stream().map(state -> state.key().organizationId()).toArray(String[]::new),
                    deleted.stream().map(state -> state.key().ruleId()).toArray(String[]::new));
        }
    }
}
