package dev.waybill.local.demo;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One delivery of the demo, and what must come of it.
///
/// @param deliveryId     identity, and what the table calls it
/// @param says           what it shows, for people
/// @param payloadType    type of the payload
/// @param destinations   destinations by name; empty for the organization's defaults
/// @param idempotencyKey shared with the delivery it repeats
/// @param status         status of the result
/// @param rows           status of each destination's row, by the destination's name
record Scenario(
        String deliveryId,
        String says,
        String payloadType,
        List<String> destinations,
        @Nullable String idempotencyKey,
        String status,
        Map<String, String> rows) {

    /// All that the demo shows, in the order in which it is sent.
    static List<Scenario> all() {
        return List.of(
                new Scenario(
                        "signed",
                        "a webhook, its signature verified by the receiver",
                        "invoice.created",
                        List.of("crm"),
                        "invoice-4711",
                        "DELIVERED",
                        Map.of("crm", "delivered")),
                new Scenario(
                        "retried",
                        "a receiver that fails twice and then succeeds",
                        "invoice.created",
                        List.of("flaky"),
                        null,
                        "DELIVERED",
                        Map.of("flaky", "delivered")),
                new Scenario(
                        "failed-over",
                        "a dead webhook, a mail account without credits: to a directory",
                        "report.monthly",
                        List.of(),
                        null,
                        "DELIVERED",
                        Map.of("dead", "failed", "mail", "failed", "archive", "delivered")),
                new Scenario(
                        "by-rule",
                        "no destination named: a rule chooses by payload type",
                        "audit.login",
                        List.of(),
                        null,
                        "DELIVERED",
                        Map.of("crm", "delivered")),
                new Scenario(
                        "balanced-1",
                        "a rule that spreads the load over two receivers",
                        "order.created",
                        List.of(),
                        null,
                        "DELIVERED",
                        Map.of("south", "delivered")),
                new Scenario(
                        "balanced-2",
                        "and the other one's turn",
                        "order.created",
                        List.of(),
                        null,
                        "DELIVERED",
                        Map.of("north", "delivered")),
                new Scenario(
                        "partial",
                        "two routes, one of which is gone",
                        "invoice.created",
                        List.of("crm", "gone"),
                        null,
                        "PARTIAL",
                        Map.of("crm", "delivered", "gone", "failed")),
                new Scenario(
                        "rejected",
                        "a disabled destination",
                        "invoice.created",
                        List.of("retired"),
                        null,
                        "REJECTED",
                        Map.of("retired", "rejected")),
                new Scenario(
                        "exhausted",
                        "a receiver that always fails: to the dead letters",
                        "invoice.created",
                        List.of("broken"),
                        null,
                        "FAILED",
                        Map.of("broken", "failed")),
                new Scenario(
                        "repeated",
                        "the first request again under another id: a duplicate",
                        "invoice.created",
                        List.of("crm"),
                        "invoice-4711",
                        "DUPLICATE",
                        Map.of()));
    }
}
