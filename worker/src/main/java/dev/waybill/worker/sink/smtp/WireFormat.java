package dev.waybill.worker.sink.smtp;

import java.io.OutputStream;
import java.util.Arrays;

/// Gathers a message as it goes over the wire (RFC 5321, section 4.5.2): every line ends with CRLF and
/// nothing else does, and a line that begins with a dot has another one before it. So nothing in a message
/// can end it.
final class WireFormat extends OutputStream {

    private static final byte[] END = {'.', '\r', '\n'};

    private byte[] bytes;
    private int length;
    private int stuffed;
    private boolean lineBegins = true;
    private boolean afterReturn;

    /// Begins a message.
    ///
    /// @param expected bytes, about
    WireFormat(int expected) {
        bytes = new byte[expected];
    }

    @Override
    public void write(int b) {
        put((byte) b);
    }

    @Override
    public void write(byte[] from, int offset, int count) {
        for (int i = offset; i < offset + count; i++) {
            put(from[i]);
        }
    }

    /// Takes lines that are as the wire wants them but for the end of the last one: none begins with a dot.
    void lines(byte[] lines) {
        if (!lineBegins) {
            endLine();
        }
        reserve(lines.length);
        System.arraycopy(lines, 0, bytes, length, lines.length);
        length += lines.length;
        endLine();
    }

    private void put(byte b) {
        if (b == '\n') {
            if (!afterReturn) {
                endLine();
            }
            afterReturn = false;
            return;
        }
        afterReturn = b == '\r';
        if (afterReturn) {
            endLine();
            return;
        }
        if (lineBegins && b == '.') {
            append((byte) '.');
            stuffed++;
        }
        lineBegins = false;
        append(b);
    }

    private void endLine() {
        append((byte) '\r');
        append((byte) '\n');
        lineBegins = true;
    }

    private void append(byte b) {
        reserve(1);
        bytes[length++] = b;
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, more), Math.multiplyExact(bytes.length, 2)));
        }
    }

    /// Ends the message. What is in the array after [#length] is nobody's.
    void end() {
        if (!lineBegins) {
            endLine();
        }
        for (byte b : END) {
            append(b);
        }
    }

    /// Bytes of a message that has ended, without what the wire adds.
    int size() {
        return length - stuffed - END.length;
    }

    byte[] array() {
        return bytes;
    }

    int length() {
        return length;
    }
}
