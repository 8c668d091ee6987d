package dev.waybill.worker.sink;

import dev.waybill.topology.model.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// The bytes of a payload. They never change, and may be read any number of times, by any thread.
public interface Content {

    /// Read and written at a time of what is not in memory.
    int CHUNK = 64 * 1024;

    long size();

    /// The bytes from the beginning; the caller closes the stream. An exception is an error of ours, never the
    /// destination's.
    InputStream open() throws IOException;

    /// Writes all of it.
    ///
    /// @throws UnreadableException if the bytes cannot be read
    /// @throws IOException         if they cannot be written
    default void writeTo(OutputStream out) throws IOException {
        try (InputStream in = reading(this::open)) {
            byte[] chunk = new byte[CHUNK];
            for (int read = reading(() -> in.read(chunk)); read >= 0; read = reading(() -> in.read(chunk))) {
                out.write(chunk, 0, read);
            }
        }
    }

    private static <T> T reading(Reading<T> reading) throws UnreadableException {
        try {
            return reading.read();
        } catch (IOException e) {
            throw new UnreadableException(e);
        }
    }

    /// Something that reads.
    interface Reading<T> {
        T read() throws IOException;
    }

    /// What is to be sent cannot be read: no fault of whoever was to receive it.
    final class UnreadableException extends IOException {
        private static final long serialVersionUID = 1;

        public UnreadableException(IOException cause) {
            super(cause);
        }
    }

    /// Bytes that are in memory.
    record Inline(Bytes bytes) implements Content {
        @Override
        public long size() {
            return bytes.size();
        }

        @Override
        public InputStream open() {
            return new ByteArrayInputStream(bytes.array());
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(bytes.array());
        }
    }
}
