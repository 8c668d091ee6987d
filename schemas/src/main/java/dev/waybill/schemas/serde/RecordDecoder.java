package dev.waybill.schemas.serde;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.FastReaderBuilder;

/// Reads records that one schema wrote as another schema sees them. Safe for many threads: Avro's fast readers keep no
/// state, and one thread at a time uses the spare decoder.
final class RecordDecoder<T> {

    private final DatumReader<T> reader;
    private final AtomicReference<BinaryDecoder> spare = new AtomicReference<>();

    /// @throws PoisonRecordException when the schemas cannot be resolved
    RecordDecoder(Schema writer, Schema reader, GenericData model) {
        try {
            this.reader = new FastReaderBuilder(model).createDatumReader(writer, reader);
        } catch (IOException | RuntimeException e) {
            throw new PoisonRecordException(
                    "Records of %s cannot be read as %s: %s"
                            .formatted(writer.getFullName(), reader.getFullName(), e.getMessage()),
                    e);
        }
    }

    /// Lengths and counts in hostile bytes are checked by Avro against what is left to read, before memory is taken.
    @SuppressWarnings("NullAway") // Avro's reuse parameters take null
    T decode(byte[] framed) {
        BinaryDecoder decoder = DecoderFactory.get()
                .binaryDecoder(
                        framed,
                        WireFormat.HEADER_BYTES,
                        framed.length - WireFormat.HEADER_BYTES,
                        spare.getAndSet(null));
        try {
            T record = reader.read(null, decoder);
            if (!decoder.isEnd()) {
                throw new PoisonRecordException("Bytes are left over behind the record", null);
            }
            spare.set(decoder);
            return record;
        } catch (PoisonRecordException e) {
            throw e;
        } catch (IOException | RuntimeException | StackOverflowError e) {
            throw new PoisonRecordException("The bytes are not what their schema says: " + e, e);
        }
    }
}
