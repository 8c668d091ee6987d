package dev.waybill.worker.projector.fold;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.UUID;

/// Ids of rows, derived from what the rows are about, so that a record projected twice meets its own row.
/// The formulas are API: others may compute an id without asking the database.
///
/// Each begins with the SHA-1 of a name in [#NAMESPACE], as a UUID v5 (RFC 9562) does:
///
/// | row | name | version |
/// |---|---|---|
/// | `delivery_logs` | `deliveryId/destinationId` | 8, with the time |
/// | `delivery_attempts` | `deliveryId/destinationId/route/rank` | 8, with the time |
/// | `default_destinations` | `organizationId/destinationId` | 5 |
///
/// Those with the time have the milliseconds of `queued_at` as their first 48 bits, as a UUID v7 does: rows of a time
/// are neighbours in the index, so that a large table costs no more to write than a small one.
///
/// Destination ids are written in lower case with hyphens. Neither delivery nor organization ids contain a slash.
public final class RowIds {

    public static final UUID NAMESPACE = UUID.fromString("5f0c2c4e-1f0b-5b7a-9c58-0d7a6f3f2b11");

    private static final long VERSION_5 = 0x5000L;
    private static final long VERSION_8 = 0x8000L;

    private RowIds() {}

    public static UUID log(String deliveryId, UUID destinationId, Instant queuedAt) {
        return at(queuedAt, v5(deliveryId + "/" + destinationId));
    }

    public static UUID attempt(String deliveryId, UUID destinationId, int route, long rank, Instant queuedAt) {
        return at(queuedAt, v5(deliveryId + "/" + destinationId + "/" + route + "/" + rank));
    }

    public static UUID defaultDestination(String organizationId, UUID destinationId) {
        return v5(organizationId + "/" + destinationId);
    }

    private static UUID at(Instant queuedAt, UUID hash) {
        return new UUID(
                queuedAt.toEpochMilli() << 16 | VERSION_8 | (hash.getMostSignificantBits() & 0xFFF),
                hash.getLeastSignificantBits());
    }

    private static UUID v5(String name) {
        MessageDigest sha1 = sha1();
        sha1.update(ByteBuffer.allocate(16)
                .putLong(NAMESPACE.getMostSignificantBits())
                .putLong(NAMESPACE.getLeastSignificantBits())
                .flip());
        ByteBuffer digest = ByteBuffer.wrap(sha1.digest(name.getBytes(StandardCharsets.UTF_8)));
        long most = (digest.getLong() & ~0xF000L) | VERSION_5;
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
