package dev.waybill.worker.sink.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A payload much larger than the memory, whose worker is killed on the way.
class LargeObjectTest {

    private static final int MIB = 1 << 20;

    @TempDir
    Path folder;

    @Test
    void is_put_by_the_next_attempt() throws Exception {
        survives(30L * MIB, 5 * MIB, 8);
    }

    @Test
    @Tag("long")
    void is_put_by_the_next_attempt_however_large() throws Exception {
        survives(2_048L * MIB, 16 * MIB, 100);
    }

    /// @param opened after how many looks at the payload the first worker is killed; a part takes three
    private void survives(long size, int part, int opened) throws Exception {
        S3Mock store = S3Mock.running();
        String bucket = store.newBucket();
        Path file = folder.resolve("large");
        String sha256 = write(file, size);

        Process first = upload(store, bucket, file, part);
        BufferedReader output = first.inputReader(StandardCharsets.UTF_8);
        for (int i = 0; i < opened; i++) {
            assertThat(output.readLine()).isEqualTo("opened");
        }
        first.destroyForcibly().waitFor();
        assertThat(store.uploads(bucket)).containsExactly("large/d-large");
        assertThat(store.keys(bucket)).isEmpty();

        Process second = upload(store, bucket, file, part);
        String last = second.inputReader(StandardCharsets.UTF_8).lines().reduce("", (_, line) -> line);

        assertThat(last).isEqualTo("Delivered[]");
        assertThat(second.waitFor()).isZero();
        assertThat(store.uploads(bucket)).isEmpty();
        assertThat(store.sha256(bucket, "large/d-large")).isEqualTo(sha256);
    }

    private static Process upload(S3Mock store, String bucket, Path file, int part) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx40m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LargeUpload.class.getName(),
                        store.url(),
                        bucket,
                        file.toString(),
                        Integer.toString(part))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String write(Path file, long size) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] chunk = new byte[MIB];
        Random random = new Random(7);
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(file), digest)) {
            for (long written = 0; written < size; written += chunk.length) {
                random.nextBytes(chunk);
                out.write(chunk);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static String sha256(InputStream in) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (DigestInputStream hashing = new DigestInputStream(in, digest)) {
            hashing.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
