package dev.waybill.worker.projector.store;

import dev.waybill.worker.projector.fold.Defaults;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jooq.Record;

/// `default_destinations`, worked out anew for an organization whose rules or destinations changed. Rules
/// and destinations are two topics and may be projected by two workers; a lock per organization lets the
/// second one see what the first one wrote.
final class DefaultsTable {

    private static final String LOCK = "select pg_advisory_xact_lock(?::int4, hashtext(?))";

    /// First key of the advisory lock; the second is the organization's.
    private static final int LOCK_SPACE = 0x5761;

    private static final String RULES = """
            select rule_id, priority, active, conditions is not null, primary_ids, changed_at, changed_by
            from default_destination_rules where organization_id = ?
            """;

    private static final String LIVING = """
            select id from delivery_destinations where id = any (?::uuid[]) and organization_id = ? and deleted_at is null
            """;

    private static final String CLEAR = "delete from default_destinations where organization_id = ?";

    private static final UnnestInsert<Defaults.Row> ROWS = UnnestInsert.<Defaults.Row>into("default_destinations")
            .uuid("id", Defaults.Row::id)
            .text("organization_id", Defaults.Row::organizationId)
            .uuid("destination_id", Defaults.Row::destinationId)
            .bool("is_primary", Defaults.Row::isPrimary)
            .time("created_at", Defaults.Row::createdAt)
            .text("created_by", Defaults.Row::createdBy)
            .onConflict("");

    private DefaultsTable() {}

    static void derive(Session session, String organizationId) {
        session.query(LOCK, LOCK_SPACE, organizationId);
        List<Defaults.Rule> rules = session.query(RULES, organizationId).stream()
                .map(DefaultsTable::rule)
                .toList();
        UUID[] targets = rules.stream()
                .flatMap(rule -> rule.primary().stream())
                .distinct()
                .toArray(UUID[]::new);
        Set<UUID> living = new HashSet<>();
        session.query(LIVING, targets, organizationId).forEach(row -> living.add(row.get(0, UUID.class)));
        session.execute(CLEAR, organizationId);
        ROWS.write(session, Defaults.of(organizationId, rules, living));
    }

    private static Defaults.Rule rule(Record row) {
        return new Defaults.Rule(
                row.get(0, String.class),
                row.get(1, int.class),
                row.get(2, boolean.class),
                row.get(3, boolean.class),
                Arrays.asList(row.get(4, UUID[].class)),
                row.get(5, OffsetDateTime.class).toInstant(),
                row.get(6, String.class));
    }
}
