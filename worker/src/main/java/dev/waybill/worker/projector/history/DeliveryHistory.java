package dev.waybill.worker.projector.history;

import dev.waybill.worker.projector.store.Database;
import dev.waybill.worker.projector.store.DatabaseException;
import dev.waybill.worker.projector.store.Session;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Finds one delivery in the read model. It is there shortly after its events: within a second, unless the projector is
/// behind.
public final class DeliveryHistory {

    /// A delivery has a few dozen routes at most, each with a few candidates; more are cut off.
    private static final int MAX_ROUTES = 500;

    /// Attempts of a delivery that is retried for days. What is older is in the table.
    private static final int MAX_ATTEMPTS = 1_000;

    private static final String DELIVERY = """
            select *, metadata::text as metadata_text from deliveries
            where delivery_id = ? and (? = '' or organization_id = ?)
            order by queued_at desc, organization_id limit 1
            """;

    private static final String ROUTES = """
            select l.*, l.status::text as status_text, l.response_headers::text as response_headers_text,
                d.name as destination_name, d.kind, d.provider
            from delivery_logs l join delivery_destinations d on d.id = l.destination_id
            where l.delivery_id = ? and l.organization_id = ? and l.queued_at = ?
            order by l.route, l.first_attempt_at nulls last, l.id limit ?
            """;

    private static final String ATTEMPTS = """
            select a.*, a.status::text as status_text, a.response_headers::text as response_headers_text
            from (select * from delivery_attempts
                where delivery_id = ? and organization_id = ? and queued_at = ?
                order by started_at desc, rank desc limit ?) a
            order by a.started_at, a.rank
            """;

    private final Database database;

    public DeliveryHistory(Database database) {
        this.database = database;
    }

    /// The delivery of that id; the last one, if the id was used again after the time of deduplication.
    ///
    /// @param organizationId null for any organization: only for operators
    /// @throws DatabaseException when the database cannot be asked
    public Optional<DeliveryView> find(@Nullable String organizationId, String deliveryId) {
        String organization = organizationId == null ? "" : organizationId;
        return database.transaction(session -> session.query(DELIVERY, deliveryId, organization, organization).stream()
                .map(Row::new)
                .findFirst()
                .map(row -> delivery(row, routes(session, row))));
    }

    private static List<RouteView> routes(Session session, Row delivery) {
        Object id = delivery.text("delivery_id");
        Object organization = delivery.text("organization_id");
        Object queuedAt = delivery.columns().get("queued_at");
        Map<UUID, List<AttemptView>> attempts =
                session.query(ATTEMPTS, id, organization, queuedAt, MAX_ATTEMPTS).stream()
                        .map(Row::new)
                        .collect(Collectors.groupingBy(
                                row -> row.uuid("destination_id"),
                                Collectors.mapping(DeliveryHistory::attempt, Collectors.toList())));
        return session.query(ROUTES, id, organization, queuedAt, MAX_ROUTES).stream()
                .map(Row::new)
                .map(row -> route(row, attempts.getOrDefault(row.uuid("destination_id"), List.of())))
                .toList();
    }

    private static DeliveryView delivery(Row row, List<RouteView> routes) {
        return new DeliveryView(
                row.text("delivery_id"),
                row.text("organization_id"),
                row.text("status"),
                row.textOrNull("reason"),
                row.textOrNull("duplicate_of"),
                row.integer("routes"),
                row.text("payload_type"),
                row.integerOrNull("payload_size"),
                row.textOrNull("payload_hash"),
                row.textOrNull("idempotency_key"),
                row.textOrNull("correlation_id"),
                row.textOrNull("cross_system_reference"),
                row.map("metadata_text"),
                row.texts("tags"),
                row.textOrNull("requested_by"),
                row.timeOrNull("requested_at"),
                row.time("queued_at"),
                row.timeOrNull("completed_at"),
                row.text("request_topic"),
                row.integer("request_partition"),
                row.bigint("request_offset"),
                routes);
    }

    private static RouteView route(Row row, List<AttemptView> attempts) {
        return new RouteView(
                row.uuid("id"),
                row.integerOrNull("route"),
                row.uuid("destination_id"),
                row.textOrNull("destination_name"),
                row.textOrNull("kind"),
                row.textOrNull("provider"),
                row.text("status_text"),
                row.textOrNull("reason"),
                row.integer("attempt_count"),
                row.integerOrNull("max_attempts"),
                row.timeOrNull("first_attempt_at"),
                row.timeOrNull("last_attempt_at"),
                row.timeOrNull("delivered_at"),
                row.timeOrNull("due_at"),
                row.integerOrNull("response_code"),
                row.integerOrNull("response_time_ms"),
                row.map("response_headers_text"),
                row.textOrNull("error_code"),
                row.textOrNull("error_message"),
                row.textOrNull("rule_id"),
                row.bigintOrNull("rule_version"),
                row.textOrNull("rule_selection"),
                row.textOrNull("rule_tier"),
                row.time("updated_at"),
                attempts);
    }

    private static AttemptView attempt(Row row) {
        return new AttemptView(
                row.integer("attempt"),
                row.textOrNull("outcome"),
                row.textOrNull("status_text"),
                row.textOrNull("error_category"),
                row.textOrNull("error_code"),
                row.textOrNull("error_message"),
                row.integerOrNull("response_code"),
                row.map("response_headers_text"),
                row.textOrNull("response_excerpt"),
                row.bigintOrNull("bytes_sent"),
                row.textOrNull("remote_address"),
                row.bigintOrNull("total_micros"),
                row.time("started_at"),
                row.time("finished_at"),
                row.timeOrNull("due_at"),
                row.text("trigger"),
                row.textOrNull("worker"));
    }
}
