package dev.waybill.worker.projector.store;

import dev.waybill.worker.projector.fold.AttemptRow;
import dev.waybill.worker.projector.fold.DeliveryRow;
import dev.waybill.worker.projector.fold.LogRow;
import dev.waybill.worker.projector.fold.Observation;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The three partitioned tables: how rows are written, and how a row meets its earlier self. The conflict clauses do in
/// SQL what [DeliveryRow] and [LogRow] do when they merge; the tests hold one against the other.
final class RowTables {

    /// An end beats the opening, then rank, time and status decide. Texts compare by bytes here as they do there.
    private static final String DELIVERY_ORDER = "((excluded.status <> 'queued'), excluded.rank, excluded.updated_at,"
            + " excluded.status collate \"C\") > ((t.status <> 'queued'), t.rank, t.updated_at, t.status collate \"C\")";

    static final UnnestInsert<DeliveryRow> DELIVERIES = UnnestInsert.<DeliveryRow>into("deliveries")
            .text("delivery_id", row -> row.request().deliveryId())
            .text("organization_id", row -> row.request().organizationId())
            .text("status", DeliveryRow::status)
            .text("reason", DeliveryRow::reason)
            .text("duplicate_of", DeliveryRow::duplicateOf)
            .integer("routes", DeliveryRow::routes)
            .text("payload_type", row -> row.request().payloadType())
            .integer("payload_size", row -> row.request().payloadSize())
            .text("payload_hash", row -> row.request().payloadHash())
            .text("idempotency_key", row -> row.request().idempotencyKey())
            .text("correlation_id", row -> row.request().correlationId())
            .text("cross_system_reference", row -> row.request().crossSystemReference())
            .textAs("jsonb", "metadata", row -> Json.object(row.request().metadata()))
            .textAs("text[]", "tags", row -> Json.textArray(row.request().tags()))
            .text("requested_by", row -> row.request().requestedBy())
            .time("requested_at", row -> row.request().requestedAt())
            .time("queued_at", row -> row.request().queuedAt())
            .time("completed_at", DeliveryRow::completedAt)
            .time("updated_at", DeliveryRow::at)
            .text("request_topic", row -> row.request().topic())
            .integer("request_partition", row -> row.request().partition())
            .bigint("request_offset", row -> row.request().offset())
            .bigint("rank", DeliveryRow::rank)
            .onConflict("on conflict (delivery_id, organization_id, queued_at) do update set "
                    + taken(List.of(
                            "status",
                            "reason",
                            "duplicate_of",
                            "routes",
                            "completed_at",
                            "updated_at",
                            "rank",
                            "payload_size",
                            "payload_hash"))
                    + "\nwhere " + DELIVERY_ORDER);

    /// [dev.waybill.worker.projector.fold.Standing], with what is known of the payload: one group, from the latest
    /// event.
    private static final List<String> STANDING = List.of(
            "status",
            "max_attempts",
            "updated_at",
            "route",
            "rule_id",
            "rule_version",
            "rule_selection",
            "rule_tier",
            "reason",
            "due_at",
            "rank",
            "payload_size",
            "payload_hash");

    private static final String STANDING_ORDER =
            "(excluded.rank, excluded.updated_at, excluded.status) > (t.rank, t.updated_at, t.status)";

    /// [dev.waybill.worker.projector.fold.Facts]: another group, from the latest event that has any.
    private static final List<String> FACTS = List.of(
            "response_code",
            "response_time_ms",
            "response_headers",
            "error_message",
            "error_code",
            "facts_rank",
            "facts_at");

    private static final String FACTS_ORDER = "excluded.facts_rank is not null and (t.facts_rank is null"
            + " or (excluded.facts_rank, excluded.facts_at) > (t.facts_rank, t.facts_at))";

    static final UnnestInsert<LogRow> LOGS = UnnestInsert.<LogRow>into("delivery_logs")
            .uuid("id", LogRow::id)
            .text("delivery_id", row -> row.request().deliveryId())
            .uuid("destination_id", LogRow::destinationId)
            .text("organization_id", row -> row.request().organizationId())
            .text("payload_type", row -> row.request().payloadType())
            .integer("payload_size", row -> row.request().payloadSize())
            .text("payload_hash", row -> row.request().payloadHash())
            .textAs("delivery_status", "status", row -> row.standing().status().wireName())
            .integer("attempt_count", LogRow::attemptCount)
            .integer("max_attempts", row -> row.standing().maxAttempts())
            .time("queued_at", row -> row.request().queuedAt())
            .time("first_attempt_at", LogRow::firstAttemptAt)
            .time("last_attempt_at", LogRow::lastAttemptAt)
            .time("delivered_at", LogRow::deliveredAt)
            .integer(
                    "response_code",
                    row -> row.facts() == null ? null : row.facts().responseCode())
            .integer(
                    "response_time_ms",
                    row -> row.facts() == null ? null : row.facts().responseTimeMs())
            .textAs(
                    "jsonb",
                    "response_headers",
                    row -> row.facts() == null ? null : Json.orNull(row.facts().responseHeaders()))
            .text(
                    "error_message",
                    row -> row.facts() == null ? null : row.facts().errorMessage())
            .text("error_code", row -> row.facts() == null ? null : row.facts().errorCode())
            .text("cross_system_reference", row -> row.request().crossSystemReference())
            .text("idempotency_key", row -> row.request().idempotencyKey())
            .text("correlation_id", row -> row.request().correlationId())
            .textAs("jsonb", "metadata", row -> Json.object(row.request().metadata()))
            .textAs("text[]", "tags", row -> Json.textArray(row.request().tags()))
            .time("created_at", row -> row.request().queuedAt())
            .time("updated_at", row -> row.standing().at())
            .integer("route", row -> row.standing().route())
            .text("rule_id", row -> row.standing().ruleId())
            .bigint("rule_version", row -> row.standing().ruleVersion())
            .text("rule_selection", row -> row.standing().ruleSelection())
            .text("rule_tier", row -> row.standing().ruleTier())
            .text("reason", row -> row.standing().reason())
            .time("due_at", row -> row.standing().dueAt())
            .bigint("rank", row -> row.standing().rank())
            .bigint(
                    "facts_rank",
                    row -> row.facts() == null ? null : row.facts().rank())
            .time("facts_at", row -> row.facts() == null ? null : row.facts().at())
            .onConflict("on conflict (id, queued_at) do update set "
                    + takenWhen(STANDING_ORDER, STANDING) + ",\n"
                    + takenWhen(FACTS_ORDER, FACTS) + ",\n"
                    + "attempt_count = greatest(t.attempt_count, excluded.attempt_count),\n"
                    + "first_attempt_at = least(t.first_attempt_at, excluded.first_attempt_at),\n"
                    + "last_attempt_at = greatest(t.last_attempt_at, excluded.last_attempt_at),\n"
                    + "delivered_at = least(t.delivered_at, excluded.delivered_at)");

    static final UnnestInsert<AttemptRow> ATTEMPTS = UnnestInsert.<AttemptRow>into("delivery_attempts")
            .uuid("id", AttemptRow::id)
            .text("delivery_id", row -> row.event().request().deliveryId())
            .uuid("destination_id", row -> row.target().destinationId())
            .text("organization_id", row -> row.event().request().organizationId())
            .integer("route", row -> row.event().route())
            .integer("attempt", row -> row.event().attempt())
            .bigint("rank", row -> row.event().rank())
            .text("trigger", row -> row.event().trigger())
            .textAs(
                    "delivery_status",
                    "status",
                    row -> row.event().status() == null
                            ? null
                            : row.event().status().wireName())
            .text("outcome", seen(Observation::outcome))
            .text("error_category", seen(Observation::errorCategory))
            .text("error_code", seen(Observation::errorCode))
            .text("error_message", seen(Observation::errorMessage))
            .integer("response_code", seen(Observation::responseCode))
            .textAs("jsonb", "response_headers", seen(observation -> Json.orNull(observation.responseHeaders())))
            .text("response_excerpt", seen(Observation::responseExcerpt))
            .bigint("bytes_sent", seen(Observation::bytesSent))
            .text("remote_address", seen(Observation::remoteAddress))
            .bigint("dns_micros", phase(Observation.Phases::dns))
            .bigint("connect_micros", phase(Observation.Phases::connect))
            .bigint("tls_micros", phase(Observation.Phases::tls))
            .bigint("first_byte_micros", phase(Observation.Phases::firstByte))
            .bigint("total_micros", phase(Observation.Phases::total))
            .time("started_at", AttemptRow::startedAt)
            .time("finished_at", row -> row.event().at())
            .time("due_at", row -> row.event().dueAt())
            .text("kind", row -> row.target().kind())
            .text("provider", row -> row.target().provider())
            .text("region", row -> row.target().region())
            .textAs("jsonb", "labels", row -> Json.object(row.target().labels()))
            .bigint("policy_version", row -> row.target().policyVersion())
            .text("rule_id", row -> row.event().ruleId())
            .bigint("rule_version", row -> row.event().ruleVersion())
            .text("worker", row -> row.event().worker())
            .time("queued_at", row -> row.event().request().queuedAt())
            .onConflict("on conflict (id, queued_at) do nothing");

    private RowTables() {}

    private static <T> Function<AttemptRow, @Nullable T> seen(Function<Observation, @Nullable T> part) {
        return row -> part.apply(row.event().observation());
    }

    private static Function<AttemptRow, @Nullable Long> phase(Function<Observation.Phases, @Nullable Long> part) {
        return seen(observation -> observation.phases() == null ? null : part.apply(observation.phases()));
    }

    private static String taken(List<String> columns) {
        return columns.stream().map(column -> column + " = excluded." + column).collect(Collectors.joining(", "));
    }

    private static String takenWhen(String condition, List<String> columns) {
        return columns.stream()
                .map(column -> column + " = case when " + condition + " then excluded." + column + " else t." + column
                        + " end")
                .collect(Collectors.joining(",\n"));
    }
}
