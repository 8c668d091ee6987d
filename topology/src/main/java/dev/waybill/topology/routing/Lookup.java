package dev.waybill.topology.routing;

import dev.waybill.topology.model.Destination;
import java.util.Optional;
import java.util.UUID;

/// What the id or name of a destination means to an organization.
public sealed interface Lookup {

    /// One of its own destinations, enabled or not.
    record Found(Destination destination) implements Lookup {}

    /// A destination of another organization.
    record Foreign() implements Lookup {}

    /// Nothing, so far.
    record Unknown() implements Lookup {}

    /// Looks the text up as an id, and where it is none as a name.
    static Lookup of(Configuration configuration, String organizationId, String text) {
        Optional<UUID> id = canonicalUuid(text);
        Optional<Destination> found = id.flatMap(uuid -> configuration.byId(organizationId, uuid))
                .or(() -> configuration.byName(organizationId, text));
        if (found.isPresent()) {
            return new Found(found.get());
        }
        return id.flatMap(configuration::ownerOf).isPresent() ? new Foreign() : new Unknown();
    }

    /// `UUID.fromString` also reads shortened forms such as `1-1-1-1-1`, which are names here.
    static Optional<UUID> canonicalUuid(String text) {
        if (text.length() != 36) {
            return Optional.empty();
        }
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
