package dev.waybill.schemas.serde;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryTask;
import dev.waybill.schemas.registry.InMemorySchemaRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever the bytes say, decoding ends as a record or as poison, and takes memory in proportion to their number.
class HostileBytesTest {

    /// A record of a few hundred bytes decodes in kilobytes; a believed length would take up to two gigabytes.
    private static final long MAX_ALLOCATED = 4 << 20;

    private static final int ROUNDS = 20_000;

    private final AvroCodec codec = new AvroCodec(new InMemorySchemaRegistry(), SerdeSettings.defaults());
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void corruptedRecordsAreRecordsOrPoison() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        byte[] framed = codec.encode(Samples.TOPIC, Samples.request());
        int poison = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] hostile = framed.clone();
            int changes = 1 + random.nextInt(8);
            int start = WireFormat.HEADER_BYTES + random.nextInt(hostile.length - WireFormat.HEADER_BYTES);
            for (int i = start; i < Math.min(start + changes, hostile.length); i++) {
                hostile[i] = (byte) (random.nextBoolean() ? 0xff : random.nextInt());
            }
            poison += decode(hostile, DeliveryRequest.class, "seed " + seed + ", round " + round);
        }
        assertThat(poison).as("seed " + seed).isBetween(1, ROUNDS);
    }

    @ParameterizedTest
    @ValueSource(longs = {Integer.MAX_VALUE, Integer.MAX_VALUE - 8, 1L << 40, Long.MAX_VALUE, -1, Long.MIN_VALUE})
    void absurdLengthsTakeNoMemory(long length) throws IOException {
        codec.prepare(Samples.TOPIC, DeliveryRequest.getClassSchema());
        codec.prepare("tasks", DeliveryTask.getClassSchema());
        // A string that claims the length, bytes that do (behind two empty strings), and an array that does.
        decodePoison(framed(1, length), DeliveryRequest.class);
        decodePoison(framed(2, 0, 0, length), DeliveryTask.class);
        // deliveryId, organizationId, payload {type, contentType, body null, uri null, filename null}, destinationIds
        decodePoison(framed(1, 0, 0, 0, 0, 0, 0, 0, length), DeliveryRequest.class);
        // … destinationIds empty, context null, idempotencyKey, correlationId, crossSystemReference null, headers
        decodePoison(framed(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, length), DeliveryRequest.class);
    }

    private <T extends SpecificRecord> void decodePoison(byte[] bytes, Class<T> type) {
        assertThat(decode(bytes, type, "absurd length")).isEqualTo(1);
    }

    private <T extends SpecificRecord> int decode(byte[] bytes, Class<T> type, String what) {
        long before = threads.getCurrentThreadAllocatedBytes();
        int poison = 0;
        try {
            codec.decode(bytes, type);
        } catch (PoisonRecordException _) {
            poison = 1;
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).as(what).isLessThan(MAX_ALLOCATED);
        return poison;
    }

    private static byte[] framed(int id, long... numbers) throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {0, 0, 0, 0, (byte) id});
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        for (long number : numbers) {
            encoder.writeLong(number);
        }
        encoder.flush();
        return bytes.toByteArray();
    }
}
