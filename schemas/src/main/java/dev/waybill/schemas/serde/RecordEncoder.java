package dev.waybill.schemas.serde;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;

/// Writes records of one schema under one registered id. Safe for many threads: one of them uses the spare buffer, the
/// others make their own.
final class RecordEncoder {

    /// A larger buffer is not kept: one big record must not hold its memory for good.
    static final int SPARE_MAX_BYTES = 64 * 1024;

    private record Buffer(FramedOutput output, BinaryEncoder encoder) {
        static Buffer make() {
            var output = new FramedOutput();
            return new Buffer(output, EncoderFactory.get().binaryEncoder(output, null));
        }
    }

    private final int schemaId;
    private final DatumWriter<IndexedRecord> writer;
    private final AtomicReference<Buffer> spare = new AtomicReference<>();

    RecordEncoder(int schemaId, Schema schema, boolean specific) {
        this.schemaId = schemaId;
        this.writer = specific ? new SpecificDatumWriter<>(schema) : new GenericDatumWriter<>(schema);
    }

    static RecordEncoder of(int schemaId, IndexedRecord example) {
        return new RecordEncoder(schemaId, example.getSchema(), example instanceof SpecificRecord);
    }

    byte[] encode(IndexedRecord record) {
        Buffer kept = spare.getAndSet(null);
        Buffer buffer = kept != null ? kept : Buffer.make();
        buffer.output().begin(schemaId);
        try {
            writer.write(record, buffer.encoder());
            buffer.encoder().flush();
        } catch (IOException | RuntimeException e) {
            throw new SerializationException(
                    "A record of " + record.getSchema().getFullName() + " does not fit its schema: " + e.getMessage(),
                    e);
        }
        byte[] framed = buffer.output().toByteArray();
        if (buffer.output().capacity() <= SPARE_MAX_BYTES) {
            spare.set(buffer);
        }
        return framed;
    }
}
