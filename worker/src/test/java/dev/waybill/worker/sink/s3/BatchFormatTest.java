package dev.waybill.worker.sink.s3;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Payload;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.Samples;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BatchFormatTest {

    private static final List<Attempt> MEMBERS = List.of(
            Samples.attempt("d-1", Samples.body("{\"a\":1}")), Samples.attempt("d-2", Samples.body("{\"ü\":2}")));

    private static InputStream opened(BatchCompression compression, Bytes bytes) throws IOException {
        InputStream in = new ByteArrayInputStream(bytes.array());
        return switch (compression) {
            case NONE -> in;
            case GZIP -> new GZIPInputStream(in);
            case ZSTD -> new ZstdInputStream(in);
        };
    }

    @ParameterizedTest
    @EnumSource(BatchCompression.class)
    void lines_are_the_payloads(BatchCompression compression) throws IOException {
        Bytes object = BatchFormat.NDJSON.bytes("batch_1", MEMBERS, compression);

        try (InputStream in = opened(compression, object)) {
            assertThat(in.readAllBytes())
                    .isEqualTo(Samples.body("{\"a\":1}\n{\"ü\":2}\n").array());
        }
    }

    @ParameterizedTest
    @EnumSource(BatchCompression.class)
    void records_are_the_payloads(BatchCompression compression) throws IOException {
        Bytes object = BatchFormat.AVRO.bytes("batch_1", MEMBERS, compression);

        assertThat(S3CompatibleContractTest.payloads(object))
                .containsExactly(Samples.body("{\"a\":1}"), Samples.body("{\"ü\":2}"));
    }

    /// Else a repeated attempt would not know its own object.
    @ParameterizedTest
    @EnumSource(BatchCompression.class)
    void the_same_members_make_the_same_object(BatchCompression compression) throws IOException {
        for (BatchFormat format : BatchFormat.values()) {
            Bytes first = format.bytes("batch_1", MEMBERS, compression);
            Bytes again = format.bytes("batch_1", MEMBERS, compression);

            assertThat(again).isEqualTo(first);
        }
    }

    @ParameterizedTest
    @CsvSource({"'{}', true", "'', false", "'a\nb', false", "'a\n', false", "'a\rb', false"})
    void only_one_line_is_a_line(String text, boolean takes) {
        Payload payload = new Payload("t", "application/json", Samples.body(text), null, null);

        assertThat(BatchFormat.NDJSON.takes(payload)).isEqualTo(takes);
        assertThat(BatchFormat.AVRO.takes(payload)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"NDJSON, NONE, ndjson", "NDJSON, GZIP, ndjson.gz", "NDJSON, ZSTD, ndjson.zst", "AVRO, ZSTD, avro"})
    void names_end_with_what_is_inside(BatchFormat format, BatchCompression compression, String expected) {
        assertThat(format.extension(compression)).isEqualTo(expected);
    }
}
