package dev.waybill.topology;

import dev.waybill.topology.codec.Records;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.settlement.OpenDelivery;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// The deliveries of several routes that are under way, keyed `organizationId/deliveryId`.
final class OpenDeliveries {

    private final KeyValueStore<byte[], byte[]> store;
    private final Records records;

    OpenDeliveries(KeyValueStore<byte[], byte[]> store, Records records) {
        this.store = store;
        this.records = records;
    }

    @Nullable
    OpenDelivery get(String organizationId, String deliveryId) {
        byte[] value = store.get(key(organizationId, deliveryId));
        return value == null ? null : records.openDelivery(Bytes.of(value));
    }

    void put(OpenDelivery open) {
        store.put(key(open), records.encode(open).array());
    }

    void remove(OpenDelivery open) {
        store.delete(key(open));
    }

    private static byte[] key(OpenDelivery open) {
        return key(open.delivery().organizationId(), open.delivery().id());
    }

    /// An organization id contains no slash, so no two deliveries share a key.
    private static byte[] key(String organizationId, String deliveryId) {
        return (organizationId + "/" + deliveryId).getBytes(StandardCharsets.UTF_8);
    }
}
