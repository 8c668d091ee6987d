package dev.waybill.topology.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a rule makes routes of its destinations.
public sealed interface Selection {

    /// As records and rows spell them.
    List<String> NAMES = List.of("all", "failover", "weighted", "round-robin", "sticky");

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
                throw new IllegalArgumentException("is one of " + String.join(", ", FIELDS) + " and metadata.<key>");
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
    /// @param name one of [#NAMES]
    /// @param key  field whose values stay together; for `sticky` alone
    /// @throws IllegalArgumentException if there is none of that name, or it lacks the key or has one too many
    static Selection of(String name, @Nullable String key) {
        if (name.equals("sticky")) {
            if (key == null) {
                throw new IllegalArgumentException("sticky needs a field");
            }
            return new Sticky(new Key(key));
        }
        if (key != null) {
            throw new IllegalArgumentException("only sticky takes a field");
        }
        return switch (name) {
            case "all" -> new All();
            case "failover" -> new Failover();
            case "weighted" -> new Weighted();
            case "round-robin" -> new RoundRobin();
            default -> throw new IllegalArgumentException("no selection: " + name);
        };
    }
}
