package dev.waybill.worker.projector.adopt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The shape in which tables can be adopted, and what differs from it.
final class Shape {

    static final String DESTINATIONS = "delivery_destinations";
    static final String DEFAULTS = "default_destinations";
    static final String LOGS = "delivery_logs";
    static final String STATUS = "delivery_status";

    /// In the order in which they can be filled.
    static final List<String> TABLES = List.of(DESTINATIONS, DEFAULTS, LOGS);

    /// Of the enumeration in the first migration; what is written there never goes.
    private static final List<String> STATUSES = List.of(
            "pending",
            "queued",
            "delivering",
            "retrying",
            "delivered",
            "failed",
            "rejected",
            "skipped",
            "expired",
            "cancelled");

    private static final String ID = "uuid";
    private static final String NAME = "character varying(255)";
    private static final String SHORT_NAME = "character varying(100)";
    private static final String TIME = "timestamp with time zone";
    private static final String NUMBER = "integer";

    private static final Map<String, Found.Column> LOG_COLUMNS = columns(
            required("id", ID),
            required("delivery_id", NAME),
            required("destination_id", ID),
            required("organization_id", NAME),
            required("payload_type", SHORT_NAME),
            optional("payload_size", NUMBER),
            optional("payload_hash", "character varying(64)"),
            required("status", STATUS),
            optional("attempt_count", NUMBER),
            optional("max_attempts", NUMBER),
            optional("queued_at", TIME),
            optional("first_attempt_at", TIME),
            optional("last_attempt_at", TIME),
            optional("delivered_at", TIME),
            optional("response_code", NUMBER),
            optional("response_time_ms", NUMBER),
            optional("response_headers", "jsonb"),
            optional("error_message", "text"),
            optional("error_code", SHORT_NAME),
            optional("cross_system_reference", NAME),
            optional("idempotency_key", NAME),
            optional("correlation_id", NAME),
            optional("metadata", "jsonb"),
            optional("tags", "text[]"),
            optional("created_at", TIME),
            optional("updated_at", TIME));

    private static final Map<String, Map<String, Found.Column>> COLUMNS = Map.of(
            DESTINATIONS,
            columns(required("id", ID), required("organization_id", NAME)),
            DEFAULTS,
            columns(
                    required("id", ID),
                    required("organization_id", NAME),
                    required("destination_id", ID),
                    optional("is_primary", "boolean"),
                    optional("created_at", TIME),
                    optional("created_by", NAME)),
            LOGS,
            LOG_COLUMNS);

    private static final Pattern BOUNDED = Pattern.compile("character varying\\((\\d+)\\)");

    private Shape() {}

    /// Columns of the logs, all of which are carried over.
    static List<String> logColumns() {
        return List.copyOf(LOG_COLUMNS.keySet());
    }

    /// Everything that keeps the tables from being adopted, table by table.
    static List<String> differences(Found found) {
        List<String> differences = new ArrayList<>();
        for (String name : TABLES) {
            Found.Table table = found.tables().get(name);
            if (table != null) {
                table(name, table, differences);
            }
        }
        if (!found.tables().isEmpty() && !found.tables().containsKey(DESTINATIONS)) {
            differences.add("there is no table " + DESTINATIONS + " for the others to refer to");
        }
        found.statuses().ifPresent(statuses -> statuses(statuses, differences));
        found.inTheWay()
                .forEach(name -> differences.add("there is a relation " + name
                        + ", which is not Waybill's: rename it, or give Waybill a schema of its own"));
        return differences;
    }

    private static void table(String name, Found.Table table, List<String> differences) {
        if (!table.isPlain()) {
            differences.add(name + " is no plain table (a view, partitioned, inherited or with row security)");
            return;
        }
        Map<String, Found.Column> wanted = COLUMNS.getOrDefault(name, Map.of());
        wanted.forEach((column, shape) -> {
            Found.Column there = table.columns().get(column);
            if (there == null) {
                differences.add(name + " has no column " + column);
                return;
            }
            if (!fits(there.type(), shape.type())) {
                differences.add(name + "." + column + " is " + there.type() + ", not " + shape.type());
            }
            if (shape.isRequired() && !there.isRequired()) {
                differences.add(name + "." + column + " is not NOT NULL");
            }
        });
        if (!table.key().equals(List.of("id"))) {
            differences.add("the primary key of " + name + " is not id");
        }
        // The other two tables are kept as they were, with whatever else is in them.
        if (name.equals(LOGS)) {
            table.columns().keySet().stream()
                    .filter(Predicate.not(wanted::containsKey))
                    .forEach(column -> differences.add(name + " has a column " + column + ", which would be lost"));
        }
        differences.addAll(table.dependents());
    }

    private static void statuses(List<String> found, List<String> differences) {
        STATUSES.stream()
                .filter(Predicate.not(found::contains))
                .forEach(value -> differences.add(STATUS + " has no value '" + value + "'"));
        found.stream()
                .filter(Predicate.not(STATUSES::contains))
                .forEach(
                        value -> differences.add(STATUS + " has a value '" + value + "', which Waybill does not know"));
    }

    /// A shorter text fits too.
    private static boolean fits(String found, String wanted) {
        Matcher length = BOUNDED.matcher(found);
        Matcher most = BOUNDED.matcher(wanted);
        return found.equals(wanted)
                || (length.matches()
                        && most.matches()
                        && Long.parseLong(length.group(1)) <= Long.parseLong(most.group(1)));
    }

    private static Map.Entry<String, Found.Column> required(String name, String type) {
        return Map.entry(name, new Found.Column(type, true));
    }

    private static Map.Entry<String, Found.Column> optional(String name, String type) {
        return Map.entry(name, new Found.Column(type, false));
    }

    @SafeVarargs
    private static Map<String, Found.Column> columns(Map.Entry<String, Found.Column>... columns) {
        Map<String, Found.Column> byName = new LinkedHashMap<>();
        for (Map.Entry<String, Found.Column> column : columns) {
            byName.put(column.getKey(), column.getValue());
        }
        return byName;
    }
}
