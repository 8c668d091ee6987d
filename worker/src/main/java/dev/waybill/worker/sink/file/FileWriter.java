package dev.waybill.worker.sink.file;

import dev.waybill.worker.sink.Content;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;

/// Writes a file so that it is there whole or not at all, and stays there after a power failure.
///
/// ```
///   part file ──write, fsync──► complete ──link or rename──► named ──fsync directory──► durable
/// ```
final class FileWriter {

    /// What came of a write.
    enum Written {
        CREATED,
        /// A file of that name with the same content: an attempt before this one has got through.
        ALREADY_THERE,
        /// A file of that name with another content, which may not be replaced.
        CONFLICT
    }

    private final Disk disk;

    FileWriter(Disk disk) {
        this.disk = disk;
    }

    /// Writes a file.
    ///
    /// @throws UnsureException if readers may see it already
    /// @throws IOException     if they certainly do not
    Written write(Path directory, String name, Content content, boolean overwrite) throws IOException {
        Path file = directory.resolve(name);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            if (holds(file, content)) {
                // The attempt that has named it may have failed to make the name stay.
                keepName(directory);
                return Written.ALREADY_THERE;
            }
            if (!overwrite) {
                return Written.CONFLICT;
            }
        }
        Path part = FileTarget.parts(directory).resolve(UUID.randomUUID() + ".part");
        try {
            fill(part, content);
            if (overwrite) {
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            } else if (!createOnly(part, file)) {
                return holds(file, content) ? Written.ALREADY_THERE : Written.CONFLICT;
            }
            keepName(directory);
            return Written.CREATED;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private void keepName(Path directory) throws IOException {
        try {
            disk.flush(directory);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            throw new UnsureException(e);
        }
    }

    private void fill(Path part, Content content) throws IOException {
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            content.writeTo(new Writing(channel));
            disk.flush(Disk.Part.DATA, channel);
        }
    }

    /// Writes to the disk what is written to it.
    private final class Writing extends OutputStream {

        private final FileChannel channel;

        Writing(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            disk.write(Disk.Part.DATA, channel, ByteBuffer.wrap(bytes, from, length));
        }
    }

    /// Names the file unless the name is taken, which a rename would silently replace. Where the file system
    /// has no hard links, a rename must do.
    private static boolean createOnly(Path part, Path file) throws IOException {
        try {
            Files.createLink(file, part);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (UnsupportedOperationException e) {
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            return true;
        }
    }

    /// Removes parts that a crash has left behind.
    static void sweep(Path directory, Instant olderThan) throws IOException {
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(FileTarget.parts(directory), "*.part")) {
            for (Path part : parts) {
                if (Files.getLastModifiedTime(part).toInstant().isBefore(olderThan)) {
                    Files.deleteIfExists(part);
                }
            }
        }
    }

    private static boolean holds(Path file, Content content) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) != content.size()) {
            return false;
        }
        try (InputStream is = Files.newInputStream(file)) {
            Comparison comparison = new Comparison(is);
            content.writeTo(comparison);
            return comparison.same;
        }
    }

    /// Compares what is written with what is there.
    private static final class Comparison extends OutputStream {

        private final InputStream there;
        private boolean same = true;

        Comparison(InputStream there) {
            this.there = there;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            same = same && Arrays.equals(there.readNBytes(length), Arrays.copyOfRange(bytes, from, from + length));
        }
    }
}
