package dev.waybill.topology.model;

import dev.waybill.topology.policy.DeliveryHours;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Something that must hold for a rule to match.
public sealed interface Condition {

    /// Whether it holds for a request.
    ///
    /// @param now the time for a request that tells none of its own
    boolean holds(Request request, Instant now);

    /// Its name in a record.
    default String field() {
        return switch (this) {
            case Type _ -> "payloadTypes";
            case Role _ -> "userRoles";
            case AnyTag _ -> "tagsAny";
            case AllTags _ -> "tagsAll";
            case NoTag _ -> "tagsNone";
            case Metadata _ -> "metadata";
            case Size _ -> "minBytes to maxBytes";
            case Windows _ -> "windows";
        };
    }

    /// The payload is of one of these types.
    record Type(List<TypePattern> patterns) implements Condition {
        public Type {
            patterns = List.copyOf(patterns);
        }

        @Override
        public boolean holds(Request request, Instant now) {
            String type = request.payload().type();
            return patterns.stream().anyMatch(pattern -> pattern.covers(type));
        }
    }

    /// A payload type, or with a trailing `.*` all that begin with what stands before the asterisk.
    record TypePattern(String text) {

        private static final String FAMILY = ".*";

        public boolean isFamily() {
            return text.endsWith(FAMILY);
        }

        /// What the types of a family begin with, the dot included.
        public String prefix() {
            return text.substring(0, text.length() - 1);
        }

        boolean covers(String type) {
            return isFamily() ? type.startsWith(prefix()) : type.equals(text);
        }
    }

    /// The requesting user has one of these roles.
    record Role(Set<String> roles) implements Condition {
        public Role {
            roles = Set.copyOf(roles);
        }

        @Override
        public boolean holds(Request request, Instant now) {
            return request.userRole() != null && roles.contains(request.userRole());
        }
    }

    /// The request has at least one of these tags.
    record AnyTag(Set<String> tags) implements Condition {
        public AnyTag {
            tags = Set.copyOf(tags);
        }

        @Override
        public boolean holds(Request request, Instant now) {
            return request.tags().stream().anyMatch(tags::contains);
        }
    }

    /// The request has all of these tags.
    record AllTags(Set<String> tags) implements Condition {
        public AllTags {
            tags = Set.copyOf(tags);
        }

        @Override
        public boolean holds(Request request, Instant now) {
            return request.tags().containsAll(tags);
        }
    }

    /// The request has none of these tags.
    record NoTag(Set<String> tags) implements Condition {
        public NoTag {
            tags = Set.copyOf(tags);
        }

        @Override
        public boolean holds(Request request, Instant now) {
            return request.tags().stream().noneMatch(tags::contains);
        }
    }

    /// The request's metadata has each of these keys with this value.
    record Metadata(Map<String, String> entries) implements Condition {
        public Metadata {
            entries = Map.copyOf(entries);
        }

        @Override
        public boolean holds(Request request, Instant now) {
            return request.metadata().entrySet().containsAll(entries.entrySet());
        }
    }

    /// The payload's length, both ends included. One by reference has no length that is known, and never matches.
    record Size(long min, long max) implements Condition {
        @Override
        public boolean holds(Request request, Instant now) {
            int size = request.payload().size();
            return request.payload().body() != null && min <= size && size <= max;
        }
    }

    /// What the request is about happened within one of these hours; where it does not say when, it is now.
    record Windows(List<DeliveryHours> windows) implements Condition {
        public Windows {
            windows = List.copyOf(windows);
        }

        @Override
        public boolean holds(Request request, Instant now) {
            Instant time = request.occurredAt() == null ? now : request.occurredAt();
            return windows.stream().anyMatch(window -> window.isOpen(time));
        }
    }
}
