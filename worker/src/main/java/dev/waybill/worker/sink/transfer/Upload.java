package dev.waybill.worker.sink.transfer;

import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.transfer.RemoteException.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// One upload, step by step. Made for one attempt, used by its thread.
///
/// ```
///   looked ──► (continued) ──► written ──► checked ──► (checksum) ──► named
///     └─► already there: a repeat
/// ```
///
/// Until the last step nobody who reads the directory has the file; with `publish=direct` until its last byte.
final class Upload {

    /// How far it came, as far as others can see.
    enum Stage {
        /// Nobody has the file.
        UNSEEN,
        /// It is unknown until the server answers.
        PUBLISHING,
        PUBLISHED
    }

    /// Reading back what is there costs as much as sending it again: below this it is not worth a question.
    static final long RESUME_MIN = 1 << 20;

    private static final String CHECKSUM_SUFFIX = ".sha256";

    private final RemoteFiles files;
    private final TransferSettings settings;
    private final Target target;
    private final Content content;
    private Stage stage = Stage.UNSEEN;
    private long sent;

    Upload(RemoteFiles files, TransferSettings settings, Target target, Content content) {
        this.files = files;
        this.settings = settings;
        this.target = target;
        this.content = content;
    }

    Stage stage() {
        return stage;
    }

    /// Bytes handed to the server.
    long sent() {
        return sent;
    }

    /// Does all of it.
    ///
    /// @throws RemoteException             if the server refuses
    /// @throws Content.UnreadableException if the payload cannot be read
    /// @throws IOException                 if the connection fails
    void run() throws IOException {
        if (settings.createDirectories()) {
            makeDirectories();
        }
        Long there = files.size(target.path());
        if (there != null && there == content.size() && isTheSame(target.path())) {
            if (settings.checksum()) {
                writeChecksum(hash());
            }
            stage = Stage.PUBLISHED;
            return;
        }
        if (settings.rename()) {
            refuse(there);
            publishByName();
        } else {
            writeInPlace(there);
        }
        stage = Stage.PUBLISHED;
    }

    private void refuse(@Nullable Long there) throws RemoteException {
        if (there != null && !settings.replace()) {
            throw new RemoteException(
                    Reason.EXISTS, 0, "a file " + target.name() + " with another content is already there", null);
        }
    }

    private void makeDirectories() throws IOException {
        try {
            files.requireDirectory(target.directoryPath());
        } catch (RemoteException e) {
            if (e.reason() != Reason.NOT_FOUND) {
                throw e;
            }
            for (String directory : target.directories()) {
                try {
                    files.requireDirectory(directory);
                } catch (RemoteException missing) {
                    files.makeDirectory(directory);
                }
            }
        }
    }

    private void publishByName() throws IOException {
        String part = target.partPath();
        String hash = writing(() -> write(part, continueFrom(part)), part);
        check(part, hash);
        permit(part);
        if (settings.checksum()) {
            writeChecksum(hash);
        }
        stage = Stage.PUBLISHING;
        try {
            files.rename(part, target.path(), settings.replace());
        } catch (RemoteException e) {
            // It has answered: the file has not got its name.
            stage = Stage.UNSEEN;
            if (e.reason() == Reason.EXISTS) {
                forget(part);
                throw e.because(
                        Reason.EXISTS, "a file " + target.name() + " came there while this one was being written");
            }
            throw e;
        }
    }

    /// What is there may be our own, broken off: then it begins like the payload.
    private void writeInPlace(@Nullable Long there) throws IOException {
        String path = target.path();
        boolean ours = there != null && there < content.size() && beginsLike(path, there);
        if (!ours) {
            refuse(there);
        }
        String hash = writing(() -> write(path, ours && there != null ? there : 0), path);
        check(path, hash);
        permit(path);
        if (settings.checksum()) {
            writeChecksum(hash);
        }
    }

    private long continueFrom(String part) throws IOException {
        if (!settings.resume() || content.size() < RESUME_MIN) {
            return 0;
        }
        Long there = files.size(part);
        boolean usable = there != null && there >= RESUME_MIN && there <= content.size();
        return usable && there != null && beginsLike(part, there) ? there : 0;
    }

    private interface Writing {
        String write() throws IOException;
    }

    /// Tells a full disk from other failures, and leaves no useless part behind.
    private String writing(Writing writing, String path) throws IOException {
        try {
            return writing.write();
        } catch (RemoteException e) {
            throw full(e, path);
        } catch (Content.UnreadableException e) {
            if (settings.rename()) {
                forget(path);
            }
            throw e;
        }
    }

    private RemoteException full(RemoteException e, String path) throws IOException {
        RemoteException found = e;
        if (e.reason() == Reason.FAILED) {
            Long free = free();
            if (free != null && free < Math.max(1, content.size() - sent)) {
                found = e.because(Reason.NO_SPACE, "the server has no room left for the file");
            }
        }
        if (settings.rename() && (found.reason() == Reason.NO_SPACE || found.reason() == Reason.QUOTA)) {
            forget(path);
        }
        return found;
    }

    private @Nullable Long free() throws IOException {
        try {
            return files.freeSpace(target.directoryPath());
        } catch (RemoteException e) {
            return null;
        }
    }

    /// What is left of it helps nobody; that it stays harms nobody either.
    private void forget(String path) throws IOException {
        try {
            files.remove(path);
        } catch (RemoteException e) {
            // It may not be there at all.
        }
    }

    /// Writes from an offset on and gives the hash of the whole payload. A payload is read from its beginning
    /// in any case: what is skipped is hashed.
    private String write(String path, long offset) throws IOException {
        MessageDigest digest = sha256();
        long read = 0;
        boolean direct = !settings.rename();
        try (InputStream in = reading(content::open);
                OutputStream out = files.write(path, offset)) {
            byte[] chunk = new byte[Content.CHUNK];
            for (int n = reading(() -> in.read(chunk)); n >= 0; n = reading(() -> in.read(chunk))) {
                digest.update(chunk, 0, n);
                long from = Math.max(0, offset - read);
                read += n;
                if (direct && read >= content.size()) {
                    stage = Stage.PUBLISHING;
                }
                if (from < n) {
                    out.write(chunk, (int) from, (int) (n - from));
                    sent += n - from;
                }
            }
            if (read != content.size()) {
                throw new Content.UnreadableException(new IOException("the payload has another size than it had"));
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private void check(String path, String hash) throws IOException {
        Long size = files.size(path);
        if (size == null || size != content.size()) {
            throw new RemoteException(Reason.FAILED, 0, "what the server has is not as large as the payload", null);
        }
        if (settings.verifyHash() && !hash.equals(remoteHash(path))) {
            forget(path);
            throw new RemoteException(Reason.FAILED, 0, "what the server has is not the payload", null);
        }
    }

    private String remoteHash(String path) throws IOException {
        String told = files.sha256(path);
        if (told != null) {
            return told;
        }
        MessageDigest digest = sha256();
        try (InputStream in = files.read(path)) {
            byte[] chunk = new byte[Content.CHUNK];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                digest.update(chunk, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private void permit(String path) throws IOException {
        if (settings.permissions() != null) {
            files.permissions(path, settings.permissions());
        }
    }

    /// A file of the payload's size: is it the payload? Where nothing may be read, the size has to do, unless
    /// hashes are asked for.
    private boolean isTheSame(String path) throws IOException {
        try {
            return beginsLike(path, content.size());
        } catch (RemoteException e) {
            return !settings.verifyHash() && e.reason() == Reason.PERMISSION_DENIED;
        }
    }

    private boolean beginsLike(String path, long length) throws IOException {
        if (length == 0) {
            return true;
        }
        try (InputStream mine = reading(content::open);
                InputStream theirs = files.read(path)) {
            byte[] theirChunk = new byte[Content.CHUNK];
            byte[] myChunk = new byte[Content.CHUNK];
            long left = length;
            while (left > 0) {
                int n = theirs.read(theirChunk, 0, (int) Math.min(theirChunk.length, left));
                if (n < 0) {
                    return false;
                }
                int wanted = n;
                int got = reading(() -> mine.readNBytes(myChunk, 0, wanted));
                if (got < n || !Arrays.equals(myChunk, 0, n, theirChunk, 0, n)) {
                    return false;
                }
                left -= n;
            }
            return true;
        }
    }

    private String hash() throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = reading(content::open)) {
            byte[] chunk = new byte[Content.CHUNK];
            for (int n = reading(() -> in.read(chunk)); n >= 0; n = reading(() -> in.read(chunk))) {
                digest.update(chunk, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /// Before the file gets its name: who sees the file finds its checksum.
    private void writeChecksum(String hash) throws IOException {
        byte[] line = (hash + "  " + target.name() + "\n").getBytes(StandardCharsets.UTF_8);
        String path = target.in(target.name() + CHECKSUM_SUFFIX);
        String part = target.in(target.part() + CHECKSUM_SUFFIX);
        String written = settings.rename() ? part : path;
        try (InputStream in = new ByteArrayInputStream(line);
                OutputStream out = files.write(written, 0)) {
            in.transferTo(out);
        }
        if (settings.rename()) {
            files.rename(part, path, true);
        }
    }

    /// Reading the payload.
    private interface Reading<T> {
        T read() throws IOException;
    }

    private static <T> T reading(Reading<T> reading) throws Content.UnreadableException {
        try {
            return reading.read();
        } catch (IOException e) {
            throw new Content.UnreadableException(e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
