package dev.waybill.worker.sink.file;

import dev.waybill.topology.model.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
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

    private FileWriter() {}

    static Written write(Path directory, String name, Bytes content, boolean overwrite) throws IOException {
        Path file = directory.resolve(name);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            if (holds(file, content)) {
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
            sync(directory);
            return Written.CREATED;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static void fill(Path part, Bytes content) throws IOException {
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = content.buffer();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
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

    private static boolean holds(Path file, Bytes content) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.size(file) == content.size()
                && Arrays.equals(Files.readAllBytes(file), content.array());
    }

    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
