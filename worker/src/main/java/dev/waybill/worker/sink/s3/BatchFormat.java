package dev.waybill.worker.sink.s3;

import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Payload;
import dev.waybill.worker.sink.Attempt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/// How payloads share an object.
enum BatchFormat {
    /// One line each, as they are.
    NDJSON("application/x-ndjson") {
        @Override
        boolean takes(Payload payload) {
            Bytes body = payload.body();
            return body != null && body.size() > 0 && isOneLine(body.array());
        }

        @Override
        String extension(BatchCompression compression) {
            return "ndjson" + compression.extension();
        }

        @Override
        Bytes bytes(String batchId, List<Attempt> members, BatchCompression compression) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (OutputStream out = compression.over(bytes)) {
                for (Attempt member : members) {
                    out.write(body(member).array());
                    out.write('\n');
                }
            }
            return Bytes.of(bytes.toByteArray());
        }
    },
    /// A record each, with what tells it from others.
    AVRO("application/vnd.apache.avro") {
        @Override
        boolean takes(Payload payload) {
            return payload.body() != null;
        }

        @Override
        String extension(BatchCompression compression) {
            return "avro";
        }

        @Override
        Bytes bytes(String batchId, List<Attempt> members, BatchCompression compression) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (DataFileWriter<GenericRecord> writer = new DataFileWriter<>(new GenericDatumWriter<>(SCHEMA))) {
                writer.setCodec(compression.codec());
                writer.create(SCHEMA, bytes, sync(batchId));
                for (Attempt member : members) {
                    writer.append(avro(member));
                }
            }
            return Bytes.of(bytes.toByteArray());
        }
    };

    /// Its field names are API: readers know them.
    static final Schema SCHEMA = SchemaBuilder.record("DeliveredPayload")
            .namespace("dev.waybill.avro")
            .fields()
            .requiredString("deliveryId")
            .requiredString("type")
            .requiredString("contentType")
            .optionalString("filename")
            .requiredBytes("payload")
            .endRecord();

    private static final int SYNC_BYTES = 16;

    private final String contentType;

    BatchFormat(String contentType) {
        this.contentType = contentType;
    }

    static List<String> names() {
        return Arrays.stream(values())
                .map(format -> format.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    /// The format of that name; null for null, and for a name there is not.
    static @Nullable BatchFormat of(@Nullable String setting) {
        return Stream.of(values())
                .filter(format -> format.name().toLowerCase(Locale.ROOT).equals(setting))
                .findFirst()
                .orElse(null);
    }

    String contentType() {
        return contentType;
    }

    /// Whether the payload can be a part of such an object.
    abstract boolean takes(Payload payload);

    /// At the end of a name, without the dot.
    abstract String extension(BatchCompression compression);

    /// The object of a batch; the same for the same members.
    abstract Bytes bytes(String batchId, List<Attempt> members, BatchCompression compression) throws IOException;

    private static boolean isOneLine(byte[] bytes) {
        for (byte b : bytes) {
            if (b == '\n' || b == '\r') {
                return false;
            }
        }
        return true;
    }

    private static Bytes body(Attempt member) {
        return Objects.requireNonNull(member.delivery().request().payload().body());
    }

    private static GenericRecord avro(Attempt member) {
        Delivery delivery = member.delivery();
        Payload payload = delivery.request().payload();
        GenericRecord line = new GenericData.Record(SCHEMA);
        line.put("deliveryId", delivery.id());
        line.put("type", payload.type());
        line.put("contentType", payload.contentType());
        line.put("filename", payload.filename());
        line.put("payload", ByteBuffer.wrap(body(member).array()));
        return line;
    }

    /// Avro would take a random one, and a repeated attempt would not know its own object again.
    private static byte[] sync(String batchId) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(batchId.getBytes(StandardCharsets.UTF_8));
            return Arrays.copyOf(hash, SYNC_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
