package dev.waybill.worker.sink.s3;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.file.CodecFactory;

/// How objects that payloads share are compressed. The same bytes always give the same bytes: that an object is the one
/// of an attempt before is told by its hash.
enum BatchCompression {
    NONE("") {
        @Override
        OutputStream over(OutputStream out) {
            return out;
        }

        @Override
        CodecFactory codec() {
            return CodecFactory.nullCodec();
        }
    },
    /// Java writes no time into the header.
    GZIP(".gz") {
        @Override
        OutputStream over(OutputStream out) throws IOException {
            return new GZIPOutputStream(out);
        }

        @Override
        CodecFactory codec() {
            return CodecFactory.deflateCodec(DEFLATE_LEVEL);
        }
    },
    ZSTD(".zst") {
        @Override
        OutputStream over(OutputStream out) throws IOException {
            return new ZstdOutputStream(out, ZSTD_LEVEL);
        }

        @Override
        CodecFactory codec() {
            return CodecFactory.zstandardCodec(ZSTD_LEVEL);
        }
    };

    /// The default of gzip.
    private static final int DEFLATE_LEVEL = 6;

    /// The default of zstd.
    private static final int ZSTD_LEVEL = 3;

    private final String extension;

    BatchCompression(String extension) {
        this.extension = extension;
    }

    static String[] names() {
        return Arrays.stream(values()).map(BatchCompression::setting).toArray(String[]::new);
    }

    static BatchCompression of(String setting) {
        return valueOf(setting.toUpperCase(Locale.ROOT));
    }

    private String setting() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// At the end of a name; empty for none.
    String extension() {
        return extension;
    }

    /// Compresses what is written; closing the result finishes it.
    abstract OutputStream over(OutputStream out) throws IOException;

    /// Inside an Avro container.
    abstract CodecFactory codec();
}
