package dev.waybill.worker.sink.webhook;

import com.github.luben.zstd.Zstd;
import dev.waybill.topology.model.Bytes;
import dev.waybill.worker.sink.Content;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/// How the bodies of a destination are compressed on their way.
///
/// @param coding   as in `Content-Encoding`, or [#NONE]
/// @param minBytes smaller ones go as they are
record Compression(String coding, int minBytes) {

    static final String NONE = "none";
    static final String GZIP = "gzip";
    static final String ZSTD = "zstd";
    static final List<String> CODINGS = List.of(NONE, GZIP, ZSTD);

    /// Where a body is large enough to be worth the time.
    static final int MIN_BYTES_DEFAULT = 4 * 1024;

    /// Zstd's own default: fast, and smaller than gzip's.
    private static final int ZSTD_LEVEL = 3;

    /// A body on its way.
    ///
    /// @param compressed whether it has to be named in `Content-Encoding`
    record Coded(Content content, boolean compressed) {}

    /// Compresses what is in memory, and only if it becomes smaller by that.
    Coded apply(Content content) {
        if (coding.equals(NONE) || content.size() < minBytes || !(content instanceof Content.Inline(Bytes bytes))) {
            return new Coded(content, false);
        }
        byte[] compressed = coding.equals(ZSTD) ? Zstd.compress(bytes.array(), ZSTD_LEVEL) : gzip(bytes);
        return compressed.length < bytes.size()
                ? new Coded(new Content.Inline(Bytes.of(compressed)), true)
                : new Coded(content, false);
    }

    private static byte[] gzip(Bytes bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.size() / 2);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes.array());
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return out.toByteArray();
    }
}
