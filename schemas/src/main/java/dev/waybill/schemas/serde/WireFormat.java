package dev.waybill.schemas.serde;

/// Confluent's framing: magic byte 0, schema id (4 bytes, big endian), Avro binary.
public final class WireFormat {

    public static final byte MAGIC = 0;
    public static final int HEADER_BYTES = 5;

    private WireFormat() {}

    /// The id in the frame.
    ///
    /// @throws PoisonRecordException when the bytes are not framed so
    public static int schemaId(byte[] framed) {
        if (framed.length < HEADER_BYTES) {
            throw new PoisonRecordException(
                    "%d bytes are too few for a framed record (%d)".formatted(framed.length, HEADER_BYTES), null);
        }
        if (framed[0] != MAGIC) {
            throw new PoisonRecordException("Magic byte is %d, expected %d".formatted(framed[0], MAGIC), null);
        }
        int id = ((framed[1] & 0xff) << 24)
                | ((framed[2] & 0xff) << 16)
                | ((framed[3] & 0xff) << 8)
                | (framed[4] & 0xff);
        if (id < 0) {
            throw new PoisonRecordException("Schema id " + id + " is negative", null);
        }
        return id;
    }
}
