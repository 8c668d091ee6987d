package dev.waybill.topology.model;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How a rule makes routes of its destinations.
public sealed interface Selection {

    /// Each primary is a route of its own, with the later tiers behind it.
    record All() implements Selection {}

    /// One route: every destination in the order of the rule.
    record Failover() implements Selection {}

    /// One route, load balanced: each tier in an order that is drawn by weight for each delivery.
    record Weighted() implements Selection {}

    /// The same with equal weights.
    record RoundRobin() implements Selection {}

    /// One route, load balanced by weight: what has the same key goes the same way.
    record Sticky(Key key) implements Selection {}

    /// A field of a request.
    record Key(String field) {

        private static final String METADATA = "metadata.";
        private static final List<String> FIELDS = List.of(
                "correlationId", "crossSystemReference", "idempotencyKey", "payloadType", "requestedBy", "userRole");

        public Key {
            if (!FIELDS.contains(field) && !(field.startsWith(METADATA) && field.length() > METADATA.length())) {
                throw new IllegalArgumentException(
                        "is one of " + String.join(", ", FIELDS) + " or metadata.<key>, not " + field);
            }
        }

        /// What the request says there; null if nothing.
        @Nullable
        public String of(Request request) {
            return switch (field) {
                case "correlationId" -> request.correlationId();
                case "crossSystemReference" -> request.crossSystemReference();
                case "idempotencyKey" -> request.idempotencyKey();
                case "payloadType" -> request.payload().type();
                case "requestedBy" -> request.requestedBy();
                case "userRole" -> request.userRole();
                default -> request.metadata().get(field.substring(METADATA.length()));
            };
        }
    }

    /// As records and rows spell it.
    default String wireName() {
        return switch (this) {
            case All() -> "all";
            case Failover() -> "failover";
            case Weighted() -> "weighted";
            case RoundRobin() -> "round-robin";
            case Sticky(Key _) -> "sticky";
        };
    }

    /// The selection that a record asks for.
    ///
    /// @param key field whose values stay together; for `sticky` alone
    /// @throws IllegalArgumentException if there is none of that name, or it lacks the key or has one too many
    static Selection of(String name, @Nullable String key) {
        if (key != null && !name.equals("sticky")) {
            throw new IllegalArgumentException("only sticky takes a field");
        }
        return switch (name) {
            case "all" -> new All();
            case "failover" -> new Failover();
            case "weighted" -> new Weighted();
            case "round-robin" -> new RoundRobin();
            case "sticky" ->
                new Sticky(new Key(Optional.ofNullable(key)
                        .orElseThrow(() -> new IllegalArgumentException("sticky needs a field"))));
            default ->
                throw new IllegalArgumentException(
                        "is one of all, failover, weighted, round-robin and sticky, not " + name);
        };
    }
}
