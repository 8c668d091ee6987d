package dev.waybill.worker.projector.store;

import dev.waybill.topology.model.Rule;
import dev.waybill.worker.projector.fold.Defaults;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.HashSet;
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

    private static final String BASE = """
            select active, primary_ids || secondary_ids || fallback_ids, changed_at, changed_by
            from default_destination_rules where organization_id = ? and rule_id = ?
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
        session.execute(CLEAR, organizationId);
        session.query(BASE, organizationId, Rule.BASE_ID).stream()
                .map(row -> base(organizationId, row))
                .forEach(base -> ROWS.write(session, Defaults.of(base, living(session, base))));
    }

    private static Set<UUID> living(Session session, Defaults.Base base) {
        Set<UUID> living = new HashSet<>();
        session.query(LIVING, base.destinations().toArray(UUID[]::new), base.organizationId())
                .forEach(row -> living.add(row.get(0, UUID.class)));
        return living;
    }

    private static Defaults.Base base(String organizationId, Record row) {
        return new Defaults.Base(
                organizationId,
                row.get(0, boolean.class),
                Arrays.asList(row.get(1, UUID[].class)),
                row.get(2, OffsetDateTime.class).toInstant(),
                row.get(3, String.class));
    }
}
