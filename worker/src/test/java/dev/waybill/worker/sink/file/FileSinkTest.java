package dev.waybill.worker.sink.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Outcome.Ambiguous;
import dev.waybill.topology.policy.Outcome.Delivered;
import dev.waybill.topology.policy.Outcome.Failed;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.Sink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileSinkTest {

    @TempDir
    Path temporary;

    private Path root;

    @BeforeEach
    void makeRoot() throws IOException {
        root = Files.createDirectory(temporary.resolve("root"));
    }

    private Sink open(Map<String, String> settings) {
        return new FileProvider(new FileRoots(List.of(root)), new FakeSecrets(), InstantSource.system())
                .open(Samples.destination(Kind.STORAGE, "file", settings));
    }

    private Sink open() {
        return open(Map.of("directory", "out"));
    }

    private static AttemptReport deliver(Sink sink, String text, @Nullable String filename) throws Exception {
        Payload payload = new Payload("t", "text/plain", Samples.body(text), null, filename);
        return Samples.onVirtualThread(() -> sink.deliver(Samples.attempt("d-1", payload, Map.of())));
    }

    private static void assertFailed(AttemptReport report, Class<? extends Failed> type, String code) {
        assertThat(report.outcome()).isInstanceOf(type);
        assertThat(((Failed) report.outcome()).fault().code()).isEqualTo(code);
    }

    @Test
    void writes_the_file_and_leaves_no_part() throws Exception {
        assertThat(deliver(open(), "hello", "report.csv").outcome()).isEqualTo(new Delivered());

        assertThat(root.resolve("acme/out/d-1-report.csv")).hasContent("hello");
        assertThat(root.resolve("acme/out/.waybill-parts")).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({
        "report.csv, d-1-report.csv",
        "' report.csv ', d-1-report.csv",
        "../../etc/passwd, d-1-.._.._etc_passwd",
        "'C:\\x\\y.txt', d-1-C__x_y.txt",
        "請求書.pdf, d-1-請求書.pdf",
        "'  ', d-1",
        ", d-1",
    })
    void a_file_name_is_no_path(@Nullable String filename, String expected) {
        assertThat(FileNames.of("d-1", filename)).isEqualTo(expected);
    }

    @Test
    void a_long_name_keeps_its_extension_and_fits() {
        assertThat(FileNames.of("d-1", "ü".repeat(300) + ".csv"))
                .startsWith("d-1-ü")
                .endsWith("ü.csv")
                .satisfies(name ->
                        assertThat(name.getBytes(StandardCharsets.UTF_8).length).isBetween(253, 255));
        assertThat(FileNames.of("d".repeat(255), "x.csv")).isEqualTo("d".repeat(255));
    }

    @Test
    void the_same_content_again_counts_as_delivered() throws Exception {
        deliver(open(), "hello", null);
        FileTime first = Files.getLastModifiedTime(root.resolve("acme/out/d-1"));

        assertThat(deliver(open(), "hello", null).outcome()).isEqualTo(new Delivered());
        assertThat(Files.getLastModifiedTime(root.resolve("acme/out/d-1"))).isEqualTo(first);
    }

    @Test
    void another_content_is_a_conflict() throws Exception {
        deliver(open(), "hello", null);

        assertFailed(deliver(open(), "other", null), Permanent.class, "file_exists");
        assertThat(root.resolve("acme/out/d-1")).hasContent("hello");
    }

    @Test
    void another_content_is_replaced_where_that_is_wanted() throws Exception {
        deliver(open(), "hello", null);

        Sink overwriting = open(Map.of("directory", "out", "overwrite", "true"));
        assertThat(deliver(overwriting, "other", null).outcome()).isEqualTo(new Delivered());
        assertThat(root.resolve("acme/out/d-1")).hasContent("other");
    }

    @Test
    void a_link_in_the_place_of_the_file_is_not_followed() throws Exception {
        Path outside = Files.writeString(temporary.resolve("outside"), "keep");
        Files.createDirectories(root.resolve("acme/out"));
        Files.createSymbolicLink(root.resolve("acme/out/d-1"), outside);

        assertFailed(deliver(open(), "hello", null), Permanent.class, "file_exists");
        assertThat(outside).hasContent("keep");
    }

    @ParameterizedTest
    @ValueSource(strings = {"acme", "acme/out"})
    void a_link_that_leads_out_of_the_organizations_directory_is_refused(String link) throws Exception {
        Path other = Files.createDirectories(root.resolve("other"));
        Files.createDirectories(root.resolve(link).getParent());
        Files.createSymbolicLink(root.resolve(link), other);

        assertFailed(deliver(open(), "hello", null), Permanent.class, "file_path_escapes");
        assertThat(other).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../other", "a/../../other", "/etc", "a/../../../etc"})
    void a_directory_outside_is_refused(String directory) {
        assertThatThrownBy(() -> open(Map.of("directory", directory))).isInstanceOf(ConfigException.class);
    }

    @Test
    void an_absolute_directory_inside_is_allowed() throws Exception {
        Sink sink = open(Map.of("directory", root.resolve("acme/deep/er").toString()));

        assertThat(deliver(sink, "hello", null).outcome()).isEqualTo(new Delivered());
        assertThat(root.resolve("acme/deep/er/d-1")).hasContent("hello");
    }

    @Test
    void nothing_is_written_without_a_root() {
        FileProvider provider = new FileProvider(new FileRoots(List.of()), new FakeSecrets(), InstantSource.system());

        assertThatThrownBy(() -> provider.open(Samples.destination(Kind.STORAGE, "file", Map.of("directory", "out"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("file.roots");
    }

    @Test
    void a_missing_root_is_tried_again_and_never_made() throws Exception {
        Files.delete(root);

        assertFailed(deliver(open(), "hello", null), Retryable.class, "file_root_missing");
        assertThat(root).doesNotExist();
        ConnectionReport report = open().test();
        assertThat(report.success()).isFalse();
        assertThat(Objects.requireNonNull(report.problem()).hint()).contains("file.roots");
    }

    @Test
    void parts_of_a_crash_are_removed_in_the_end() throws Exception {
        Path parts = Files.createDirectories(root.resolve("acme/out/.waybill-parts"));
        Path old = Files.writeString(parts.resolve("old.part"), "x");
        Path fresh = Files.writeString(parts.resolve("fresh.part"), "x");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(2))));

        deliver(open(), "hello", null);

        assertThat(old).doesNotExist();
        assertThat(fresh).exists();
    }

    @Test
    void a_connection_test_leaves_nothing_behind() throws Exception {
        assertThat(open().test().success()).isTrue();

        try (var files = Files.walk(root)) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        }
    }

    @Test
    void a_full_disk_leaves_nothing_and_is_tried_again() throws Exception {
        ScriptedDisk disk = new ScriptedDisk();
        disk.failNext(ScriptedDisk.Step.WRITE_DATA);
        Sink sink = open(disk);

        assertFailed(deliver(sink, "hello", null), Retryable.class, "file_disk_full");
        assertThat(root.resolve("acme/out/d-1")).doesNotExist();
        assertThat(root.resolve("acme/out/.waybill-parts")).isEmptyDirectory();
        assertThat(deliver(sink, "hello", null).outcome()).isEqualTo(new Delivered());
    }

    @Test
    void a_name_that_may_not_stay_is_ambiguous_and_kept_by_the_next_attempt() throws Exception {
        ScriptedDisk disk = new ScriptedDisk();
        disk.failNext(ScriptedDisk.Step.FLUSH_DIRECTORY);
        Sink sink = open(disk);

        assertFailed(deliver(sink, "hello", null), Ambiguous.class, "file_not_kept");
        disk.failNext(ScriptedDisk.Step.FLUSH_DIRECTORY);
        assertFailed(deliver(sink, "hello", null), Ambiguous.class, "file_not_kept");
        assertThat(deliver(sink, "hello", null).outcome()).isEqualTo(new Delivered());
    }

    @Test
    void a_write_in_progress_ends_by_itself_when_the_sink_is_closed() throws Exception {
        ScriptedDisk disk = new ScriptedDisk();
        disk.begun = new CountDownLatch(1);
        disk.until = new CountDownLatch(1);
        Sink sink = open(disk);
        FutureTask<AttemptReport> task = new FutureTask<>(() -> sink.deliver(
                Samples.attempt("d-1", new Payload("t", "text/plain", Samples.body("x"), null, null), Map.of())));
        Thread.ofVirtual().start(task);
        disk.begun.await();

        sink.close();
        disk.until.countDown();

        assertThat(task.get().outcome()).isEqualTo(new Delivered());
        assertThat(root.resolve("acme/out/d-1")).hasContent("x");
    }

    @Test
    void an_interrupt_ends_a_write_in_progress_and_leaves_nothing() throws Exception {
        ScriptedDisk disk = new ScriptedDisk();
        disk.begun = new CountDownLatch(1);
        disk.until = new CountDownLatch(1);
        Sink sink = open(disk);
        FutureTask<AttemptReport> task = new FutureTask<>(() -> sink.deliver(
                Samples.attempt("d-1", new Payload("t", "text/plain", Samples.body("x"), null, null), Map.of())));
        Thread thread = Thread.ofVirtual().start(task);
        disk.begun.await();

        thread.interrupt();

        assertThatThrownBy(task::get).hasCauseInstanceOf(InterruptedException.class);
        assertThat(root.resolve("acme/out/d-1")).doesNotExist();
        assertThat(root.resolve("acme/out/.waybill-parts")).isEmptyDirectory();
    }

    private Sink open(Disk disk) {
        return new FileProvider(new FileRoots(List.of(root)), new FakeSecrets(), InstantSource.system(), disk)
                .open(Samples.destination(Kind.STORAGE, "file", Map.of("directory", "out")));
    }

    @Test
    void tells_the_failures_of_a_file_system_apart() {
        assertCode(new FileSystemException("f", null, "No space left on device"), "file_disk_full");
        assertCode(new IOException("Disk quota exceeded"), "file_disk_full");
        assertCode(new FileSystemException("f", null, "Read-only file system"), "file_read_only");
        assertCode(new AccessDeniedException("f"), "file_permission_denied");
        assertCode(new IOException("Input/output error"), "file_io");
        assertThat(FileFaults.of(new IOException("No space left on device"))
                        .fault()
                        .category())
                .isEqualTo(ErrorCategory.CAPACITY);
    }

    private static void assertCode(IOException e, String code) {
        assertThat(FileFaults.of(e)).isInstanceOf(Retryable.class);
        assertThat(FileFaults.of(e).fault().code()).isEqualTo(code);
    }
}
