package dev.waybill.worker.sink.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Bytes;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.Settings;
import dev.waybill.worker.sink.transfer.RemoteException.Reason;
import dev.waybill.worker.sink.transfer.Upload.Stage;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

/// Every step of an upload, and what is left when it fails there.
class UploadTest {

    private static final String PART = "out/a.csv.tag.part";
    private static final Target TARGET = new Target("out", "a.csv", "a.csv.tag.part");

    private final FakeFiles files = new FakeFiles();
    private final Map<String, String> settings = new HashMap<>();

    private Upload upload(String text) {
        return upload(Samples.body(text));
    }

    private Upload upload(Bytes body) {
        TransferSettings bound = TransferSettings.of(Settings.bind(
                TransferSettings.define(new ConfigDef()),
                Samples.destination(Kind.TRANSFER, "fake", settings),
                new FakeSecrets()));
        return new Upload(files, bound, TARGET, new Content.Inline(body));
    }

    @Test
    void a_file_gets_its_name_when_it_is_complete() throws IOException {
        Upload upload = upload("abc");

        upload.run();

        assertThat(files.contents).containsOnlyKeys("out/a.csv");
        assertThat(files.text("out/a.csv")).isEqualTo("abc");
        assertThat(files.done)
                .containsExactly(
                        "size out/a.csv",
                        "write " + PART + " from 0",
                        "close " + PART,
                        "size " + PART,
                        "rename " + PART + " to out/a.csv");
        assertThat(upload.sent()).isEqualTo(3);
        assertThat(upload.stage()).isEqualTo(Stage.PUBLISHED);
    }

    @Test
    void a_repeat_finds_its_own_file_and_writes_nothing() throws IOException {
        files.put("out/a.csv", "abc");

        upload("abc").run();

        assertThat(files.done).containsExactly("size out/a.csv", "read out/a.csv");
    }

    @Test
    void another_file_of_that_name_fails_the_delivery() {
        files.put("out/a.csv", "xyz");

        assertRefused(upload("abc"), Reason.EXISTS);
        assertThat(files.text("out/a.csv")).isEqualTo("xyz");
    }

    @Test
    void another_file_of_that_name_is_replaced_if_wished() throws IOException {
        settings.put("on.exists", "replace");
        files.put("out/a.csv", "xyz!");

        upload("abc").run();

        assertThat(files.text("out/a.csv")).isEqualTo("abc");
    }

    @Test
    void a_file_that_comes_in_between_is_not_replaced() {
        files.fail("rename", FakeFiles.refusal(Reason.EXISTS));

        assertRefused(upload("abc"), Reason.EXISTS);
        assertThat(files.contents).isEmpty();
    }

    @Test
    void the_size_has_to_do_where_nothing_may_be_read() throws IOException {
        files.put("out/a.csv", "xyz");
        files.unreadable = true;

        upload("abc").run();
        settings.put("verify", "hash");

        assertRefused(upload("abc"), Reason.EXISTS);
    }

    @Test
    void what_arrives_damaged_is_not_published() {
        settings.put("verify", "hash");
        files.corrupting = true;

        assertRefused(upload("abc"), Reason.FAILED);
        assertThat(files.contents).isEmpty();
    }

    @Test
    void a_checksum_is_there_before_its_file() throws IOException {
        settings.put("checksum.file", "true");

        upload("abc").run();

        assertThat(files.text("out/a.csv.sha256"))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.csv\n");
        assertThat(files.done.indexOf("rename " + PART + ".sha256 to out/a.csv.sha256 replacing"))
                .isPositive()
                .isLessThan(files.done.indexOf("rename " + PART + " to out/a.csv"));
    }

    @Test
    void permissions_are_set_before_the_name() throws IOException {
        settings.put("permissions", "640");

        upload("abc").run();

        assertThat(files.done.indexOf("permissions " + PART + " 640"))
                .isPositive()
                .isLessThan(files.done.indexOf("rename " + PART + " to out/a.csv"));
    }

    @Test
    void directories_are_made_only_if_wished() throws IOException {
        files.failures.put("write", FakeFiles.refusal(Reason.NOT_FOUND));
        assertRefused(upload("abc"), Reason.NOT_FOUND);
        settings.put("create.directories", "true");

        upload("abc").run();

        assertThat(files.directories).contains("out");
    }

    private static Bytes large() {
        byte[] bytes = new byte[(int) Upload.RESUME_MIN * 2];
        new Random(7).nextBytes(bytes);
        return Bytes.of(bytes);
    }

    @Test
    void a_part_that_is_the_beginning_is_continued() throws IOException {
        files.contents.put(PART, Arrays.copyOf(large().array(), (int) Upload.RESUME_MIN + 5));

        Upload upload = upload(large());
        upload.run();

        assertThat(files.contents.get("out/a.csv")).isEqualTo(large().array());
        assertThat(upload.sent()).isEqualTo(Upload.RESUME_MIN - 5);
    }

    @Test
    void a_part_that_is_complete_only_gets_its_name() throws IOException {
        files.contents.put(PART, large().array());

        Upload upload = upload(large());
        upload.run();

        assertThat(files.contents.get("out/a.csv")).isEqualTo(large().array());
        assertThat(upload.sent()).isZero();
    }

    @Test
    void a_part_that_is_something_else_is_begun_again() throws IOException {
        byte[] other = Arrays.copyOf(large().array(), (int) Upload.RESUME_MIN);
        other[other.length - 1]++;
        files.contents.put(PART, other);

        Upload upload = upload(large());
        upload.run();

        assertThat(files.contents.get("out/a.csv")).isEqualTo(large().array());
        assertThat(upload.sent()).isEqualTo(large().size());
    }

    @Test
    void small_parts_and_unwanted_ones_are_begun_again() throws IOException {
        files.contents.put(PART, Arrays.copyOf(large().array(), (int) Upload.RESUME_MIN - 1));
        upload(large()).run();
        assertThat(files.done).contains("write " + PART + " from 0");

        files.contents.clear();
        files.done.clear();
        files.contents.put(PART, Arrays.copyOf(large().array(), (int) Upload.RESUME_MIN));
        settings.put("resume", "false");
        upload(large()).run();
        assertThat(files.done).contains("write " + PART + " from 0");
    }

    @Test
    void a_full_disk_is_told_from_other_failures_and_leaves_nothing() {
        files.fail("close", FakeFiles.refusal(Reason.FAILED));
        files.free = 0L;
        assertRefused(upload("abc"), Reason.NO_SPACE);
        assertThat(files.contents).isEmpty();

        files.fail("close", FakeFiles.refusal(Reason.FAILED));
        files.free = 1L << 30;
        assertRefused(upload("abc"), Reason.FAILED);
    }

    @Test
    void it_is_unknown_only_while_the_name_is_given() {
        files.fail("close", new IOException("gone"));
        Upload writing = upload("abc");
        assertThatThrownBy(writing::run).isInstanceOf(IOException.class);
        assertThat(writing.stage()).isEqualTo(Stage.UNSEEN);

        files.fail("rename", new IOException("gone"));
        Upload naming = upload("abc");
        assertThatThrownBy(naming::run).isInstanceOf(IOException.class);
        assertThat(naming.stage()).isEqualTo(Stage.PUBLISHING);
    }

    @Test
    void in_place_it_is_unknown_from_the_last_byte_on() {
        settings.put("publish", "direct");
        files.fail("write", new IOException("gone"));
        Upload opening = upload("abc");
        assertThatThrownBy(opening::run).isInstanceOf(IOException.class);
        assertThat(opening.stage()).isEqualTo(Stage.UNSEEN);

        files.fail("close", new IOException("gone"));
        Upload ending = upload("abc");
        assertThatThrownBy(ending::run).isInstanceOf(IOException.class);
        assertThat(ending.stage()).isEqualTo(Stage.PUBLISHING);
    }

    @Test
    void in_place_what_we_began_is_continued_and_what_is_foreign_is_not() throws IOException {
        settings.put("publish", "direct");
        files.put("out/a.csv", "ab");
        upload("abc").run();
        assertThat(files.text("out/a.csv")).isEqualTo("abc");
        assertThat(files.done).contains("write out/a.csv from 2");

        files.put("out/a.csv", "xy");
        assertRefused(upload("abc"), Reason.EXISTS);
    }

    private static void assertRefused(Upload upload, Reason reason) {
        assertThatThrownBy(upload::run)
                .isInstanceOfSatisfying(
                        RemoteException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
