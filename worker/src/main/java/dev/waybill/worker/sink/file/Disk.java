package dev.waybill.worker.sink.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The two steps of writing in which a disk fails: taking bytes, and keeping them. Declared here so that tests can let
/// it fail in each of them.
interface Disk {

    /// What is written or flushed.
    enum Part {
        /// Payloads, in a file that nobody has been told of yet.
        DATA,
        /// The index that tells of payloads.
        INDEX,
        /// A directory that names files.
        DIRECTORY
    }

    /// The file system itself.
    Disk REAL = new Disk() {};

    /// Writes all of the bytes where the channel stands.
    default void write(Part part, FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            int _ = channel.write(bytes);
        }
    }

    /// Returns when what was written stays there after a power failure.
    default void flush(Part part, FileChannel channel) throws IOException {
        channel.force(true);
    }

    /// Makes the names of a directory stay there.
    default void flush(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            flush(Part.DIRECTORY, channel);
        }
    }
}
