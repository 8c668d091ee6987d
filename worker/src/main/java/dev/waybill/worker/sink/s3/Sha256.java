package dev.waybill.worker.sink.s3;

import dev.waybill.worker.sink.Content;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Hashes what is not in memory, a chunk at a time.
final class Sha256 {

    private Sha256() {}

    /// The hash in lower-case hex.
    ///
    /// @throws IOException          if the content cannot be read
    /// @throws InterruptedException if the worker is stopping
    static String hex(Content content) throws IOException, InterruptedException {
        MessageDigest digest = digest();
        byte[] chunk = new byte[Content.CHUNK];
        try (InputStream in = content.open()) {
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                digest.update(chunk, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
