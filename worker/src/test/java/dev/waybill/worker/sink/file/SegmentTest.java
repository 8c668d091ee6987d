package dev.waybill.worker.sink.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Payload;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.BatchId;
import dev.waybill.worker.sink.BatchReport;
import dev.waybill.worker.sink.BatchSink;
import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.Samples;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SegmentTest {

    private static final String TIME = "19700101T000000.000000Z-";

    @TempDir
    Path root;

    private final FakeSecrets secrets = new FakeSecrets();

    private FileProvider provider() {
        return new FileProvider(new FileRoots(List.of(root)), secrets, InstantSource.system());
    }

    private Destination destination(String format) {
        return Samples.destination(Kind.STORAGE, "file", Map.of("directory", "out", "batch.format", format));
    }

    private BatchReport deliver(String format, Attempt... attempts) throws Exception {
        try (BatchSink sink = (BatchSink) provider().open(destination(format))) {
            return Samples.onVirtualThread(() -> sink.deliverTogether(List.of(attempts)));
        }
    }

    private static Attempt attempt(String id, String body) {
        return Samples.attempt(id, new Payload("t", "text/csv", Samples.body(body), null, id + ".csv"), Map.of());
    }

    private List<String> files() throws IOException {
        try (var files = Files.list(root.resolve("acme/out"))) {
            return files.map(one -> one.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void theIndexSaysWhereEachPayloadIs() throws Exception {
        deliver("concat", attempt("d-1", "a,b\nc,d\n"), attempt("d-2", "ü"), attempt("d-3", ""));

        String name = TIME + BatchId.of(List.of("d-1", "d-2", "d-3")) + ".segment";
        assertThat(files()).containsExactly(".waybill-parts", name, name + ".index");
        byte[] segment = Files.readAllBytes(root.resolve("acme/out").resolve(name));
        assertThat(new String(Arrays.copyOfRange(segment, 8, 10), StandardCharsets.UTF_8))
                .isEqualTo("ü");
        assertThat(root.resolve("acme/out").resolve(name + ".index")).content().isEqualTo("""
                        {"id":"d-1","offset":0,"length":8,"type":"t","contentType":"text/csv","filename":"d-1.csv"}
                        {"id":"d-2","offset":8,"length":2,"type":"t","contentType":"text/csv","filename":"d-2.csv"}
                        {"id":"d-3","offset":10,"length":0,"type":"t","contentType":"text/csv","filename":"d-3.csv"}
                        """);
    }

    @Test
    void aRepeatedSegmentIsWrittenOnce() throws Exception {
        deliver("ndjson", attempt("d-1", "{}"), attempt("d-2", "{}"));
        List<String> before = files();
        deliver("ndjson", attempt("d-1", "{}"), attempt("d-2", "{}"));

        assertThat(files()).isEqualTo(before);
        assertThat(root.resolve("acme/out").resolve(before.get(1))).hasContent("{}\n{}\n");
    }

    /// What was confirmed does not come again: a segment holds its members and no others.
    @Test
    void aRetryOfSomeMembersWritesOnlyThem() throws Exception {
        deliver("ndjson", attempt("d-1", "1"), attempt("d-2", "2"), attempt("d-3", "3"));
        deliver("ndjson", attempt("d-3", "3"), attempt("d-4", "4"));

        String retried = TIME + BatchId.of(List.of("d-3", "d-4")) + ".ndjson";
        assertThat(root.resolve("acme/out").resolve(retried)).content().isEqualTo("3\n4\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ndjson|{}|true",
                "ndjson|a~b|false",
                "ndjson|''|false",
                "concat|a~b|true",
                "concat|''|true",
                "none|{}|false"
            })
    void onlyWhatFitsTheFormatSharesASegment(String format, String body, boolean together) {
        Attempt attempt = attempt("d-1", body.replace('~', '\n'));

        assertThat(provider().batches(destination(format), attempt.delivery()) != null)
                .isEqualTo(together);
    }
}
