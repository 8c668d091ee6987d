package dev.waybill.worker.sink.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How replies are read, honest and not.
class WireTest {

    private static Reply read(String text) throws IOException {
        return wire(text).read(Duration.ofSeconds(1));
    }

    private static Wire wire(String text) throws IOException {
        InputStream in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        return new Wire(new Socket() {
            @Override
            public InputStream getInputStream() {
                return in;
            }

            @Override
            public OutputStream getOutputStream() {
                return OutputStream.nullOutputStream();
            }

            @Override
            public void setSoTimeout(int millis) {
                // Nothing here takes time.
            }
        });
    }

    @ParameterizedTest
    @CsvSource({
        "250 ok, 250, , ok",
        "250 2.0.0 ok, 250, 2.0.0, 2.0.0 ok",
        "550 5.1.1, 550, 5.1.1, 5.1.1",
        "550 5.1.1x, 550, , 5.1.1x",
        "354, 354, , ''",
        "354 , 354, , ''",
        "421 4.7.0 slow down, 421, 4.7.0, 4.7.0 slow down"
    })
    void a_line_is_a_reply(String line, int code, String enhanced, String text) throws IOException {
        Reply reply = read(line + "\r\n");

        assertThat(reply).isEqualTo(new Reply(code, enhanced, List.of(text), true));
    }

    @Test
    void several_lines_are_one_reply() throws IOException {
        Reply reply = read("250-mail.example.com\r\n250-SIZE 1000\r\n250 AUTH PLAIN\r\n");

        assertThat(reply.lines()).containsExactly("mail.example.com", "SIZE 1000", "AUTH PLAIN");
        assertThat(reply.complete()).isTrue();
    }

    @Test
    void replies_are_read_one_by_one() throws IOException {
        Wire wire = wire("250 a\r\n550 b\r\n");

        assertThat(wire.read(Duration.ofSeconds(1)).code()).isEqualTo(250);
        assertThat(wire.hasLeftover()).isTrue();
        assertThat(wire.read(Duration.ofSeconds(1)).code()).isEqualTo(550);
        assertThat(wire.hasLeftover()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 400 Bad Request\r\n",
                "SSH-2.0-OpenSSH\r\n",
                "25\r\n",
                "\r\n",
                "150 no\r\n",
                "650 no\r\n",
                "250x\r\n",
                "250-a\r\n550 b\r\n"
            })
    void what_is_no_reply_is_told_apart(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(MalformedReplyException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2", "250"})
    void a_reply_that_breaks_off_before_its_code_is_none(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(EOFException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"250 ", "250 2.0.0 que", "250-first\r\n", "250-first\r\n25"})
    void the_code_of_a_reply_that_breaks_off_counts(String text) throws IOException {
        Reply reply = read(text);

        assertThat(reply.code()).isEqualTo(250);
        assertThat(reply.complete()).isFalse();
    }

    @Test
    void a_reply_without_end_is_cut() throws IOException {
        Wire wire = wire("250-more\r\n".repeat(Wire.REPLY_MAX));

        Reply reply = wire.read(Duration.ofSeconds(1));

        assertThat(reply.code()).isEqualTo(250);
        assertThat(reply.complete()).isFalse();
        assertThat(reply.lines()).hasSizeLessThan(Wire.REPLY_MAX / 10 + 1);
        assertThat(reply.excerpt(List.of())).hasSize(1_024);
    }

    @Test
    void a_line_without_end_is_cut() throws IOException {
        assertThat(read("250 " + "x".repeat(2 * Wire.REPLY_MAX)).complete()).isFalse();
        assertThatThrownBy(() -> read("x".repeat(2 * Wire.REPLY_MAX))).isInstanceOf(MalformedReplyException.class);
    }

    @Test
    void a_long_line_is_read_to_its_end_and_kept_in_part() throws IOException {
        Wire wire = wire("250 " + "x".repeat(5_000) + "\r\n354 next\r\n");

        assertThat(wire.read(Duration.ofSeconds(1)).lines().getFirst()).hasSize(1_020);
        assertThat(wire.read(Duration.ofSeconds(1)).code()).isEqualTo(354);
    }

    @Test
    void secrets_that_a_server_repeats_are_blotted_out() throws IOException {
        assertThat(read("250 welcome\u0007, hunter2\r\n").excerpt(List.of("hunter2")))
                .isEqualTo("250 welcome , ***");
    }

    @Test
    void extensions_are_read_whatever_their_case() {
        Extensions server = Extensions.of(new Reply(
                250,
                null,
                List.of("hello", "size 10485760", "Auth=PLAIN", "AUTH LOGIN xoauth2", "smtputf8", "STARTTLS"),
                true));

        assertThat(server.size()).isEqualTo(10_485_760);
        assertThat(server.mechanisms()).containsExactlyInAnyOrder("PLAIN", "LOGIN", "XOAUTH2");
        assertThat(server.has("SMTPUTF8")).isTrue();
        assertThat(server.has("HELLO")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SIZE", "SIZE 0", "SIZE x", "SIZE -1", "SIZE 99999999999999999999"})
    void a_size_that_is_none_is_no_limit(String line) {
        assertThat(Extensions.of(new Reply(250, null, List.of("hello", line), true))
                        .size())
                .isZero();
    }
}
