package dev.waybill.topology;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.state.WindowStore;
import org.jspecify.annotations.Nullable;

/// Which requests of an organization were accepted within the deduplication time, and by which delivery first.
///
/// ```
///   key    first 16 bytes of SHA-256(organization, NUL, deduplication key)   of fixed size, whatever a producer sends
///   window start of the slot of half a deduplication time in which it was accepted
///   value  time of acceptance in milliseconds, delivery id
/// ```
///
/// Windows are slots so that a request costs a few point reads behind bloom filters instead of a range scan, and times
/// are the router's clock so that no producer's clock can expire them.
final class SeenRequests {

    static final int SLOTS = 2;

    /// Whole slots that are kept: those of the deduplication time, the begun one, and one more for a clock set back.
    static final int SLOTS_KEPT = SLOTS + 2;

    private static final int HASH_BYTES = 16;

    private final WindowStore<byte[], byte[]> store;
    private final MessageDigest sha256;
    private final long timeMillis;
    private final long slotMillis;

    SeenRequests(WindowStore<byte[], byte[]> store, Duration deduplicationTime) {
        this.store = store;
        this.sha256 = PayloadHash.sha256();
        this.timeMillis = deduplicationTime.toMillis();
        this.slotMillis = slot(deduplicationTime).toMillis();
    }

    static Duration slot(Duration deduplicationTime) {
        return deduplicationTime.dividedBy(SLOTS);
    }

    /// The delivery that came first with this key; null if none did.
    @Nullable
    String first(String organizationId, String key, Instant now) {
        byte[] hash = hash(organizationId, key);
        long current = now.toEpochMilli() / slotMillis;
        for (long slot = current + 1; slot >= current - SLOTS; slot--) {
            byte[] value = store.fetch(hash, slot * slotMillis);
            if (value != null && ByteBuffer.wrap(value).getLong() + timeMillis > now.toEpochMilli()) {
                return deliveryId(value);
            }
        }
        return null;
    }

    void remember(String organizationId, String key, String deliveryId, Instant now) {
        byte[] id = deliveryId.getBytes(StandardCharsets.UTF_8);
        byte[] value = ByteBuffer.allocate(Long.BYTES + id.length)
                .putLong(now.toEpochMilli())
                .put(id)
                .array();
        store.put(hash(organizationId, key), value, startOfSlot(now));
    }

    /// Takes back that the delivery was accepted.
    ///
    /// @param acceptedAt when it was
    void forget(String organizationId, String key, String deliveryId, Instant acceptedAt) {
        byte[] hash = hash(organizationId, key);
        byte[] value = store.fetch(hash, startOfSlot(acceptedAt));
        if (value != null && deliveryId(value).equals(deliveryId)) {
            store.put(hash, null, startOfSlot(acceptedAt));
        }
    }

    private long startOfSlot(Instant time) {
        return time.toEpochMilli() / slotMillis * slotMillis;
    }

    private static String deliveryId(byte[] value) {
        return new String(value, Long.BYTES, value.length - Long.BYTES, StandardCharsets.UTF_8);
    }

    private byte[] hash(String organizationId, String key) {
        sha256.update(Utils.utf8(organizationId));
        sha256.update((byte) 0);
        return Arrays.copyOf(sha256.digest(Utils.utf8(key)), HASH_BYTES);
    }
}
