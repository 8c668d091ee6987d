package dev.waybill.topology.model;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// Bytes as a value: compared by content, never changed after they were handed over.
///
/// The array is not copied, because payloads and encoded records pass through here once per hop; whoever makes a
/// [Bytes] gives the array away, whoever reads [#array] must not write to it.
public final class Bytes {

    private final byte[] array;

    private Bytes(byte[] array) {
        this.array = array;
    }

    public static Bytes of(byte[] array) {
        return new Bytes(array);
    }

    /// Takes the buffer's remaining bytes; without a copy where they fill its array.
    public static Bytes of(ByteBuffer buffer) {
        if (buffer.hasArray()
                && buffer.arrayOffset() == 0
                && buffer.position() == 0
                && buffer.remaining() == buffer.array().length) {
            return new Bytes(buffer.array());
        }
        byte[] copy = new byte[buffer.remaining()];
        buffer.duplicate().get(copy);
        return new Bytes(copy);
    }

    public byte[] array() {
        return array;
    }

    public ByteBuffer buffer() {
        return ByteBuffer.wrap(array);
    }

    public int size() {
        return array.length;
    }

    /// The first 64 bits of the SHA-256: tells contents apart where they cannot be kept. It goes into records, so it
    /// never changes.
    public long fingerprint() {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(array))
                    .getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(array, that.array);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(array);
    }

    /// The size only: the content may be a payload.
    @Override
    public String toString() {
        return "Bytes[" + array.length + "]";
    }
}
