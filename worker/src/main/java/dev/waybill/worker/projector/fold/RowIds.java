package dev.waybill.worker.projector.fold;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/// Ids of rows, derived from what the rows are about, so that a record projected twice meets its own row.
/// The formulas are API: others may compute an id without asking the database.
///
/// Each is the UUID v5 (RFC 9562) of a name in [#NAMESPACE]:
///
/// | row | name |
/// |---|---|
/// | `delivery_logs` | `deliveryId/destinationId` |
/// | `delivery_attempts` | `deliveryId/destinationId/route/rank` |
/// | `default_destinations` | `organizationId/destinationId` |
///
/// Destination ids are written in lower case with hyphens. Neither delivery nor organization ids contain a slash.
public final class RowIds {

    public static final UUID NAMESPACE = UUID.fromString("5f0c2c4e-1f0b-5b7a-9c58-0d7a6f3f2b11");

    private RowIds() {}

    public static UUID log(String deliveryId, UUID destinationId) {
        return v5(deliveryId + "/" + destinationId);
    }

    public static UUID attempt(String deliveryId, UUID destinationId, int route, long rank) {
        return v5(deliveryId + "/" + destinationId + "/" + route + "/" + rank);
    }

    public static UUID defaultDestination(String organizationId, UUID destinationId) {
        return v5(organizationId + "/" + destinationId);
    }

    private static UUID v5(String name) {
        MessageDigest sha1 = sha1();
        sha1.update(ByteBuffer.allocate(16)
                .putLong(NAMESPACE.getMostSignificantBits())
                .putLong(NAMESPACE.getLeastSignificantBits())
                .flip());
        ByteBuffer digest = ByteBuffer.wrap(sha1.digest(name.getBytes(StandardCharsets.UTF_8)));
        long most = (digest.getLong() & ~0xF000L) | 0x5000L;
        long least = (digest.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(most, least);
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
