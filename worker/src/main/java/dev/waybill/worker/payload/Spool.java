package dev.waybill.worker.payload;

import dev.waybill.worker.sink.Content;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A folder where payloads are kept while they are delivered. Each is written once, hashed meanwhile, and then only
/// read:
/// what was signed is what is sent, whatever becomes of the source.
final class Spool {

    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

    private final Path directory;
    private final long room;
    private final long largest;
    private final AtomicLong used = new AtomicLong();

    /// Takes over the folder, which belongs to this process alone, and empties it.
    ///
    /// @param room    bytes that may be there at a time
    /// @param largest length of the largest payload
    Spool(Path directory, long room, long largest) {
        this.directory = directory;
        this.room = room;
        this.largest = largest;
        empty();
    }

    private void empty() {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(Files.createDirectories(directory))) {
            for (Path one : left) {
                Files.deleteIfExists(one);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory + " cannot be used for payloads", e);
        }
    }

    /// Bytes that are there now.
    long used() {
        return used.get();
    }

    /// Keeps all that a source gives.
    ///
    /// @throws TooLargeException if that is more than a payload may have
    /// @throws FullException     if there is no room for it, or the disk does not take it
    /// @throws IOException       if the source fails
    Kept keep(InputStream source) throws IOException {
        Path file = directory.resolve(UUID.randomUUID().toString());
        MessageDigest digest = sha256();
        long size = 0;
        boolean complete = false;
        try (OutputStream out = open(file)) {
            byte[] chunk = new byte[Content.CHUNK];
            for (int read = source.read(chunk); read >= 0; read = source.read(chunk)) {
                if (size + read > largest) {
                    throw new TooLargeException(largest);
                }
                if (used.addAndGet(read) > room) {
                    used.addAndGet(-read);
                    throw new FullException("payload.spool.max.bytes are in use", null);
                }
                size += read;
                write(out, chunk, read);
                digest.update(chunk, 0, read);
            }
            complete = true;
        } finally {
            if (!complete) {
                remove(file, size);
            }
        }
        return new Kept(this, file, size, HexFormat.of().formatHex(digest.digest()));
    }

    private static OutputStream open(Path file) throws FullException {
        try {
            return Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new FullException("the spool cannot be written", e);
        }
    }

    private static void write(OutputStream out, byte[] chunk, int length) throws FullException {
        try {
            out.write(chunk, 0, length);
        } catch (IOException e) {
            throw new FullException("the spool cannot be written", e);
        }
    }

    private void remove(Path file, long size) {
        used.addAndGet(-size);
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} is left in the spool until the next start", file.getFileName(), e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// A payload in the spool.
    record Kept(Spool spool, Path file, long size, String sha256) implements Content {
        @Override
        public InputStream open() throws IOException {
            return Files.newInputStream(file);
        }

        void remove() {
            spool.remove(file, size);
        }
    }

    /// The payload is longer than any may be.
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1;

        TooLargeException(long largest) {
            super("it has more than " + largest + " bytes (payload.reference.max.bytes)");
        }
    }

    /// There is no room now.
    static final class FullException extends IOException {
        private static final long serialVersionUID = 1;

        FullException(String message, @org.jspecify.annotations.Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
