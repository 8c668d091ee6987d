package dev.waybill.worker.projector.store;

import dev.waybill.worker.projector.fold.Claim;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Which organization each destination belongs to. The first claim inserts a stub and holds, until the
/// destination's own configuration record says better.
///
/// Owners of real destinations never change, so they are remembered, and most batches need not ask. To be used by one
/// thread at a time.
final class Owners {

    /// About 10 MB. At the bound it starts anew, which costs one query.
    private static final int MAX_REMEMBERED = 100_000;

    private static final UnnestInsert<Claim> STUBS = UnnestInsert.<Claim>into("delivery_destinations")
            .uuid("id", Claim::destinationId)
            .text("organization_id", Claim::organizationId)
            .text("name", Claim::name)
            .text("kind", Claim::kind)
            .text("provider", Claim::provider)
            .bool("stub", _ -> true)
            .onConflict("on conflict (id) do nothing");

    /// A join: `= any` compares every row with every id.
    private static final String READ = """
            select d.id, d.organization_id, d.stub from unnest(?::uuid[]) as x(id)
            join delivery_destinations d using (id)
            """;

    private final Map<UUID, String> remembered = new HashMap<>();

    /// Owners as the claims leave them.
    Map<UUID, String> claim(Session session, Collection<Claim> claims) {
        var owners = new HashMap<UUID, String>();
        var asked = new HashMap<UUID, Claim>();
        for (Claim claim : claims) {
            String owner = remembered.get(claim.destinationId());
            if (owner == null) {
                // Two organizations may claim the same destination in one batch: which one is first must not depend on
                // the order of a hash table.
                asked.merge(claim.destinationId(), claim, Owners::first);
            } else {
                owners.put(claim.destinationId(), owner);
            }
        }
        if (!asked.isEmpty()) {
            ask(session, asked.values(), owners);
        }
        return owners;
    }

    private void ask(Session session, Collection<Claim> claims, Map<UUID, String> owners) {
        List<Claim> ordered = claims.stream()
                .sorted(Comparator.comparing(Claim::destinationId))
                .toList();
        UUID[] ids = ordered.stream().map(Claim::destinationId).toArray(UUID[]::new);
        Map<UUID, String> known = read(session, ids);
        STUBS.write(
                session,
                ordered.stream()
                        .filter(claim -> !known.containsKey(claim.destinationId()))
                        .toList());
        owners.putAll(known.size() == ids.length ? known : read(session, ids));
    }

    private Map<UUID, String> read(Session session, UUID[] ids) {
        var owners = new HashMap<UUID, String>();
        session.query(READ, (Object) ids).forEach(row -> {
            UUID id = row.get(0, UUID.class);
            String owner = row.get(1, String.class);
            owners.put(id, owner);
            if (!row.get(2, boolean.class)) {
                remember(id, owner);
            }
        });
        return owners;
    }

    private void remember(UUID id, String owner) {
        if (remembered.size() >= MAX_REMEMBERED) {
            remembered.clear();
        }
        remembered.put(id, owner);
    }

    /// After a failure the database may be another one than it was, restored for instance.
    void forget() {
        remembered.clear();
    }

    static boolean owns(Map<UUID, String> owners, Claim claim) {
        @Nullable String owner = owners.get(claim.destinationId());
        return claim.organizationId().equals(owner);
    }

    private static Claim first(Claim one, Claim other) {
        return one.organizationId().compareTo(other.organizationId()) <= 0 ? one : other;
    }
}
