package dev.waybill.worker.sink.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Origin;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.BatchReport;
import dev.waybill.worker.sink.BatchSink;
import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.file.ScriptedDisk.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SegmentTest {

    private static final JsonMapper JSON = new JsonMapper();

    /// The segments of most tests are sealed by what the test does, and not by time.
    private static final String LONG = "600000";

    @TempDir
    Path root;

    private final ScriptedDisk disk = new ScriptedDisk();

    private FileProvider provider() {
        return new FileProvider(new FileRoots(List.of(root)), new FakeSecrets(), InstantSource.system(), disk);
    }

    private static Destination destination(String format, Map<String, String> more) {
        Map<String, String> settings =
                new HashMap<>(Map.of("directory", "out", "batch.format", format, "segment.max.age.ms", LONG));
        settings.putAll(more);
        return Samples.destination(Kind.STORAGE, "file", settings);
    }

    private BatchSink open(String format) {
        return (BatchSink) provider().open(destination(format, Map.of()));
    }

    private static BatchReport deliver(BatchSink sink, Attempt... attempts) throws Exception {
        return Samples.onVirtualThread(() -> sink.deliverTogether(List.of(attempts)));
    }

    private static Outcome outcome(BatchReport report) {
        return ((BatchReport.Members) report).reports().getFirst().outcome();
    }

    private static Attempt attempt(String id, String body) {
        return Samples.attempt(id, new Payload("t", "text/csv", Samples.body(body), null, id + ".csv"), Map.of());
    }

    private Path directory() {
        return root.resolve("acme/out");
    }

    private List<Path> files(String suffix) throws IOException {
        try (var files = Files.list(directory())) {
            return files.filter(one -> one.toString().endsWith(suffix)).sorted().toList();
        }
    }

    /// What a reader finds: the payload of every whole line of every index.
    private Map<String, List<String>> read() throws IOException {
        Map<String, List<String>> found = new HashMap<>();
        for (Path index : files(".index")) {
            String name = index.toString().substring(0, index.toString().length() - ".index".length());
            Path finished = Path.of(name);
            byte[] segment = Files.readAllBytes(Files.exists(finished) ? finished : Path.of(name + ".open"));
            String text = Files.readString(index);
            for (String line :
                    text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
                JsonNode member = JSON.readTree(line);
                int offset = member.path("offset").asInt();
                byte[] body = Arrays.copyOfRange(
                        segment, offset, offset + member.path("length").asInt());
                found.computeIfAbsent(member.path("id").asString(), _ -> new ArrayList<>())
                        .add(new String(body, StandardCharsets.UTF_8));
            }
        }
        return found;
    }

    @Test
    void batchesAreAppendedAndTheIndexSaysWhereEachPayloadIs() throws Exception {
        BatchSink sink = open("concat");
        deliver(sink, attempt("d-1", "a,b\nc,d\n"), attempt("d-2", "ü"));
        deliver(sink, attempt("d-3", ""), attempt("d-4", "x"));

        assertThat(files(".segment")).as("not sealed").isEmpty();
        assertThat(files(".open"))
                .singleElement()
                .satisfies(open -> assertThat(open).content().isEqualTo("a,b\nc,d\nüx"));
        assertThat(files(".index"))
                .singleElement()
                .satisfies(index -> assertThat(index).content().isEqualTo("""
                        {"id":"d-1","offset":0,"length":8,"type":"t","contentType":"text/csv","filename":"d-1.csv"}
                        {"id":"d-2","offset":8,"length":2,"type":"t","contentType":"text/csv","filename":"d-2.csv"}
                        {"id":"d-3","offset":10,"length":0,"type":"t","contentType":"text/csv","filename":"d-3.csv"}
                        {"id":"d-4","offset":10,"length":1,"type":"t","contentType":"text/csv","filename":"d-4.csv"}
                        """));
        sink.close();
        assertThat(files(".open")).isEmpty();
        assertThat(files(".segment"))
                .singleElement()
                .satisfies(finished -> assertThat(Path.of(finished + ".index")).exists());
    }

    @Test
    void aSegmentThatIsLargeEnoughIsSealed() throws Exception {
        try (BatchSink sink = (BatchSink) provider().open(destination("ndjson", Map.of("segment.max.bytes", "6")))) {
            deliver(sink, attempt("d-1", "1"), attempt("d-2", "2"));
            assertThat(files(".ndjson")).isEmpty();
            deliver(sink, attempt("d-3", "3"));
            assertThat(files(".ndjson"))
                    .singleElement()
                    .satisfies(finished -> assertThat(finished).content().isEqualTo("1\n2\n3\n"));
            deliver(sink, attempt("d-4", "4"));
            assertThat(files(".open"))
                    .singleElement()
                    .satisfies(open -> assertThat(open).content().isEqualTo("4\n"));
        }
    }

    @Test
    void aSegmentThatIsOldEnoughIsSealedThoughNothingComes() throws Exception {
        try (BatchSink sink = (BatchSink) provider().open(destination("ndjson", Map.of("segment.max.age.ms", "100")))) {
            deliver(sink, attempt("d-1", "1"));

            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> files(".ndjson").size() == 1);
            assertThat(files(".open")).isEmpty();
        }
    }

    @Test
    void batchesAtATimeHaveASegmentEach() throws Exception {
        disk.begun = new CountDownLatch(2);
        disk.until = new CountDownLatch(1);
        try (BatchSink sink = open("ndjson")) {
            FutureTask<BatchReport> one = new FutureTask<>(() -> deliver(sink, attempt("d-1", "1")));
            FutureTask<BatchReport> other = new FutureTask<>(() -> deliver(sink, attempt("d-2", "2")));
            Thread.ofVirtual().start(one);
            Thread.ofVirtual().start(other);
            disk.begun.await();
            disk.until.countDown();
            assertThat(outcome(one.get())).isEqualTo(new Outcome.Delivered());
            assertThat(outcome(other.get())).isEqualTo(new Outcome.Delivered());
            assertThat(files(".open")).hasSize(2);
            deliver(sink, attempt("d-3", "3"));
            assertThat(files(".open")).hasSize(2);
        }
        assertThat(read()).containsOnlyKeys("d-1", "d-2", "d-3");
    }

    @Test
    void whatComesAgainAtOnceIsNotAppendedAgain() throws Exception {
        try (BatchSink sink = open("ndjson")) {
            deliver(sink, attempt("d-1", "1"), attempt("d-2", "2"));
            assertThat(outcome(deliver(sink, attempt("d-2", "2"), attempt("d-3", "3"))))
                    .isEqualTo(new Outcome.Delivered());
            assertThat(outcome(deliver(sink, attempt("d-1", "1")))).isEqualTo(new Outcome.Delivered());
        }
        assertThat(read()).isEqualTo(Map.of("d-1", List.of("1"), "d-2", List.of("2"), "d-3", List.of("3")));
    }

    @Test
    void anotherDeliveryUnderAnIdThatWasUsedBeforeIsWritten() throws Exception {
        Attempt first = attempt("d-1", "1");
        Attempt other = attempt("d-1", "other");
        Delivery one = other.delivery();
        Delivery later = new Delivery(
                one.request(),
                one.encoded(),
                new Origin(one.origin().topic(), one.origin().partition(), 77),
                one.queuedAt(),
                one.payloadSize(),
                one.payloadHash());
        try (BatchSink sink = open("ndjson")) {
            deliver(sink, first);
            deliver(sink, new Attempt(later, other.content(), 1, Map.of()));
        }
        assertThat(read()).isEqualTo(Map.of("d-1", List.of("1", "other")));
    }

    /// What cannot be tidied up is no failure of the delivery.
    @Test
    void aSweepThatFailsFailsNoDelivery() throws Exception {
        Files.createDirectories(directory());
        String name = "20260301T120000.000000Z-3f0e2d4c-0000-4000-8000-000000000000.ndjson";
        Path left = Files.writeString(directory().resolve(name + ".open"), "{}\n");
        Files.setLastModifiedTime(left, FileTime.from(Instant.EPOCH));
        Files.writeString(directory().resolve(name + ".index"), "{\"id\":\"d-0\",\"offset\":0,\"length\":2}\n");
        disk.failNext(Step.FLUSH_DIRECTORY);

        assertThat(outcome(deliver(open("ndjson"), attempt("d-1", "1")))).isEqualTo(new Outcome.Delivered());
        assertThat(directory().resolve(name)).hasContent("{}");
    }

    /// Another process does not know what this one has written: its readers do, by the ids.
    @Test
    void whatComesAgainAfterACrashIsNamedAgain() throws Exception {
        deliver(open("ndjson"), attempt("d-1", "1"));
        deliver(open("ndjson"), attempt("d-1", "1"), attempt("d-2", "2"));

        assertThat(files(".open")).hasSize(2);
        assertThat(read()).isEqualTo(Map.of("d-1", List.of("1", "1"), "d-2", List.of("2")));
    }

    /// Whatever the process died in: every whole line tells of a payload that is there, and what was confirmed stays.
    @ParameterizedTest
    @EnumSource(Step.class)
    void aCrashInAnyStepLeavesNothingUntrueAndLosesNothingConfirmed(Step step) throws Exception {
        BatchSink sink = open("ndjson");
        boolean first = step == Step.FLUSH_DIRECTORY;
        if (!first) {
            assertThat(outcome(deliver(sink, attempt("d-0", "{\"zero\":0}")))).isEqualTo(new Outcome.Delivered());
        }
        disk.losePowerIn(step);
        assertThatThrownBy(() -> deliver(sink, attempt("d-1", "{\"one\":1}"), attempt("d-2", "{\"two\":2}")))
                .isInstanceOf(java.util.concurrent.ExecutionException.class)
                .hasCauseInstanceOf(ScriptedDisk.PowerFailure.class);
        assertTrue(read(), first);

        Path left = files(".open").getFirst();
        Files.setLastModifiedTime(
                left, FileTime.from(Instant.now().minus(FileSink.LEFT_BEHIND).minusSeconds(60)));
        BatchSink next =
                (BatchSink) new FileProvider(new FileRoots(List.of(root)), new FakeSecrets(), InstantSource.system())
                        .open(destination("ndjson", Map.of()));
        deliver(next, attempt("d-1", "{\"one\":1}"), attempt("d-2", "{\"two\":2}"));
        next.close();

        assertThat(left).as("the one that was left").doesNotExist();
        assertThat(files(".open")).isEmpty();
        assertTrue(read(), first);
        assertThat(read()).containsKeys("d-1", "d-2");
        for (Path finished : files(".ndjson")) {
            List<String> lines = Files.readAllLines(finished);
            assertThat(lines)
                    .as("no line without an index")
                    .hasSameSizeAs(Files.readAllLines(Path.of(finished + ".index")));
            assertThat(lines).allMatch(line -> line.endsWith("}"));
        }
    }

    private static void assertTrue(Map<String, List<String>> found, boolean first) {
        Map<String, String> bodies = Map.of("d-0", "{\"zero\":0}", "d-1", "{\"one\":1}", "d-2", "{\"two\":2}");
        found.forEach((id, read) -> assertThat(read).as(id).containsOnly(bodies.get(id)));
        if (!first) {
            assertThat(found.get("d-0")).hasSize(1);
        }
    }

    @Test
    void afterAFailureWhatWasConfirmedIsSealedAndTheNextBatchBeginsAnew() throws Exception {
        try (BatchSink sink = open("ndjson")) {
            deliver(sink, attempt("d-1", "1"));
            disk.failNext(Step.WRITE_DATA);
            assertThat(outcome(deliver(sink, attempt("d-2", "22")))).isInstanceOf(Outcome.Retryable.class);
            assertThat(files(".ndjson"))
                    .singleElement()
                    .satisfies(finished -> assertThat(finished).content().isEqualTo("1\n"));
            disk.failNext(Step.FLUSH_INDEX);
            assertThat(outcome(deliver(sink, attempt("d-2", "22")))).isInstanceOf(Outcome.Ambiguous.class);
            assertThat(outcome(deliver(sink, attempt("d-2", "22")))).isEqualTo(new Outcome.Delivered());
        }
        assertThat(files(".open")).isEmpty();
        assertThat(read()).isEqualTo(Map.of("d-1", List.of("1"), "d-2", List.of("22", "22")));
    }

    @Test
    void aFullDiskLeavesNoFile() throws Exception {
        try (BatchSink sink = open("ndjson")) {
            disk.failNext(Step.WRITE_DATA);
            assertThat(outcome(deliver(sink, attempt("d-1", "1")))).isInstanceOf(Outcome.Retryable.class);
            assertThat(files(""))
                    .extracting(one -> one.getFileName().toString())
                    .containsExactly(".waybill-parts");
        }
    }

    /// A delivery's own file may be called anything.
    @Test
    void onlySegmentsAreSwept() throws Exception {
        Files.createDirectories(directory());
        Path own = Files.writeString(directory().resolve("d-9-report.ndjson.open"), "mine");
        Path noIndex = Files.writeString(
                directory().resolve("20260301T120000.000000Z-3f0e2d4c-0000-4000-8000-000000000000.ndjson.open"), "x");
        for (Path old : List.of(own, noIndex)) {
            Files.setLastModifiedTime(old, FileTime.from(Instant.EPOCH));
        }
        deliver(open("ndjson"), attempt("d-1", "1"));

        assertThat(own).hasContent("mine");
        assertThat(noIndex).hasContent("x");
    }

    @Test
    void aLinkInThePlaceOfASegmentIsNotFollowed() throws Exception {
        Path outside = Files.writeString(root.resolve("outside"), "keep");
        try (BatchSink sink = open("ndjson")) {
            deliver(sink, attempt("d-1", "1"));
            Path open = files(".open").getFirst();
            Files.delete(open);
            Files.createSymbolicLink(open, outside);

            assertThat(outcome(deliver(sink, attempt("d-2", "2")))).isInstanceOf(Outcome.Retryable.class);
        }
        assertThat(Files.readString(outside, StandardCharsets.UTF_8)).isEqualTo("keep");
    }

    @Test
    void aTornLineIsCutOff() throws Exception {
        deliver(open("ndjson"), attempt("d-1", "1"));
        Path open = files(".open").getFirst();
        Files.writeString(open, "garbage", StandardOpenOption.APPEND);
        Files.writeString(files(".index").getFirst(), "{\"id\":\"d-2\",\"off", StandardOpenOption.APPEND);

        SegmentRepair.seal(Disk.REAL, directory(), open);

        assertThat(files(".ndjson").getFirst()).content().isEqualTo("1\n");
        assertThat(Files.readAllLines(files(".index").getFirst())).hasSize(1);
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

        assertThat(provider().batches(destination(format, Map.of()), attempt.delivery()) != null)
                .isEqualTo(together);
    }
}
