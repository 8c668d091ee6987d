package dev.waybill.schemas.serde;

import java.io.OutputStream;
import java.util.Arrays;

/// A growing buffer that begins with the frame's header. Unlike `ByteArrayOutputStream` it takes no locks:
/// one thread owns it while it encodes one record.
final class FramedOutput extends OutputStream {

    /// Most records are below this; larger ones grow it.
    private static final int INITIAL_BYTES = 1_024;

    private byte[] bytes = new byte[INITIAL_BYTES];
    private int size;

    void begin(int schemaId) {
        bytes[0] = WireFormat.MAGIC;
        bytes[1] = (byte) (schemaId >>> 24);
        bytes[2] = (byte) (schemaId >>> 16);
        bytes[3] = (byte) (schemaId >>> 8);
        bytes[4] = (byte) schemaId;
        size = WireFormat.HEADER_BYTES;
    }

    @Override
    public void write(int b) {
        reserve(1);
        bytes[size++] = (byte) b;
    }

    @Override
    public void write(byte[] source, int offset, int length) {
        reserve(length);
        System.arraycopy(source, offset, bytes, size, length);
        size += length;
    }

    private void reserve(int more) {
        int needed = Math.addExact(size, more);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(2L * bytes.length, Integer.MAX_VALUE - 8)));
        }
    }

    int capacity() {
        return bytes.length;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }
}
