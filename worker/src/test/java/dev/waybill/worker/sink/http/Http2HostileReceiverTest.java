package dev.waybill.worker.sink.http;

import static dev.waybill.worker.sink.http.ScriptedHttp2Server.ACK;
import static dev.waybill.worker.sink.http.ScriptedHttp2Server.CONTINUATION;
import static dev.waybill.worker.sink.http.ScriptedHttp2Server.DATA;
import static dev.waybill.worker.sink.http.ScriptedHttp2Server.END_HEADERS;
import static dev.waybill.worker.sink.http.ScriptedHttp2Server.END_STREAM;
import static dev.waybill.worker.sink.http.ScriptedHttp2Server.GOAWAY;
import static dev.waybill.worker.sink.http.ScriptedHttp2Server.HEADERS;
import static dev.waybill.worker.sink.http.ScriptedHttp2Server.PADDED;
import static dev.waybill.worker.sink.http.ScriptedHttp2Server.PING;
import static dev.waybill.worker.sink.http.ScriptedHttp2Server.PUSH_PROMISE;
import static dev.waybill.worker.sink.http.ScriptedHttp2Server.RST_STREAM;
import static dev.waybill.worker.sink.http.ScriptedHttp2Server.SETTINGS;
import static dev.waybill.worker.sink.http.ScriptedHttp2Server.WINDOW_UPDATE;
import static dev.waybill.worker.sink.http.ScriptedHttp2Server.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.policy.Outcome.Ambiguous;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import dev.waybill.worker.sink.http.HttpResult.NoAnswer;
import dev.waybill.worker.sink.http.ScriptedHttp2Server.Script;
import dev.waybill.worker.sink.http.ScriptedHttp2Server.Seen;
import dev.waybill.worker.sink.tls.TestCertificate;
import dev.waybill.worker.sink.tls.TlsTrust;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Receivers that break the rules, or keep to them in order to harm.
class Http2HostileReceiverTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private static final int PROTOCOL_ERROR = 1;
    private static final int FLOW_CONTROL_ERROR = 3;
    private static final int FRAME_SIZE_ERROR = 6;
    private static final int COMPRESSION_ERROR = 9;
    private static final int ENHANCE_YOUR_CALM = 11;

    /// More than any budget.
    private static final int FLOOD = 20_000;

    private static final int FRAME = 16_384;

    private static final byte[] NOTHING = {};
    private static final byte[] EIGHT = new byte[8];

    private final Dialer dialer = new Dialer(new EgressGuard(List.of("127.0.0.1"), NameResolver.system()));
    private final HttpClient http = new HttpClient(dialer, HttpLimits.DEFAULT);
    private final HttpLine line =
            http.line(TlsTrust.only(TestCertificate.valid().pem()));
    private ScriptedHttp2Server server;

    @BeforeEach
    void start() throws IOException {
        server = ScriptedHttp2Server.start();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        http.close();
        dialer.close();
    }

    private HttpResult.Reply post() throws Exception {
        HttpCall.Timeouts timeouts = new HttpCall.Timeouts(LONG, LONG, LONG);
        HttpCall call =
                new HttpCall("POST", HttpTarget.parse(server.url("/")), List.of(), null, timeouts, 1_000, false);
        return Samples.onVirtualThread(() -> line.exchange(call).reply());
    }

    private static void assertInvalid(HttpResult.Reply reply) {
        assertThat(reply).isInstanceOfSatisfying(NoAnswer.class, none -> {
            assertThat(none.outcome()).isInstanceOf(Ambiguous.class);
            assertThat(none.outcome().fault().code()).isEqualTo("invalid_response");
        });
    }

    private void assertServes() throws Exception {
        assertThat(post())
                .isInstanceOfSatisfying(
                        Answer.class, answer -> assertThat(answer.status()).isEqualTo(204));
    }

    private static byte[] ints(int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * values.length);
        for (int value : values) {
            buffer.putInt(value);
        }
        return buffer.array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static Arguments attack(String name, int error, Script script) {
        return Arguments.of(name, error, script);
    }

    /// Each of them ends the connection, and the receiver is told why.
    static Stream<Arguments> attacks() {
        return Stream.of(
                attack("pings", ENHANCE_YOUR_CALM, flood(PING, 0, 0, EIGHT)),
                attack("answers to pings", ENHANCE_YOUR_CALM, flood(PING, ACK, 0, EIGHT)),
                attack("settings", ENHANCE_YOUR_CALM, flood(SETTINGS, 0, 0, NOTHING)),
                attack("credit", ENHANCE_YOUR_CALM, flood(WINDOW_UPDATE, 0, 0, ints(1))),
                attack("frames that nobody knows", ENHANCE_YOUR_CALM, flood(77, 0, 0, NOTHING)),
                attack("empty data", ENHANCE_YOUR_CALM, (connection, stream) -> {
                    connection.headers(stream, false, 200);
                    flood(DATA, 0, stream, NOTHING).play(connection, stream);
                }),
                attack("resets of what is over", ENHANCE_YOUR_CALM, (connection, stream) -> {
                    connection.reset(stream, 2);
                    flood(RST_STREAM, 0, stream, ints(2)).play(connection, stream);
                }),
                attack("continuations", ENHANCE_YOUR_CALM, (connection, stream) -> {
                    connection.frame(HEADERS, 0, stream, NOTHING);
                    flood(CONTINUATION, 0, stream, NOTHING).play(connection, stream);
                }),
                attack("a header block without end", ENHANCE_YOUR_CALM, (connection, stream) -> {
                    connection.frame(HEADERS, 0, stream, new byte[16_000]);
                    flood(CONTINUATION, 0, stream, new byte[16_000]).play(connection, stream);
                }),
                attack("a block that is interrupted", PROTOCOL_ERROR, (connection, stream) -> {
                    connection.frame(HEADERS, 0, stream, NOTHING);
                    connection.frame(PING, 0, 0, EIGHT);
                }),
                attack("a continuation of nothing", PROTOCOL_ERROR, frame(CONTINUATION, END_HEADERS, 1, NOTHING)),
                attack("headers that cannot be unpacked", COMPRESSION_ERROR, frame(HEADERS, END_HEADERS, 1, new byte[] {
                    0, 0x7f, -1, -1, -1, -1, 7
                })),
                attack("an entry of no table", COMPRESSION_ERROR, frame(HEADERS, END_HEADERS, 1, new byte[] {-2})),
                attack("a stream that was never begun", PROTOCOL_ERROR, frame(DATA, 0, 99, NOTHING)),
                attack("a stream of its own", PROTOCOL_ERROR, frame(HEADERS, END_HEADERS, 2, NOTHING)),
                attack("a stream that is none", PROTOCOL_ERROR, frame(HEADERS, END_HEADERS, 0, NOTHING)),
                attack("a push", PROTOCOL_ERROR, frame(PUSH_PROMISE, END_HEADERS, 1, ints(2))),
                attack("a frame that is too long", FRAME_SIZE_ERROR, frame(DATA, 0, 1, new byte[16_385])),
                attack("a ping that is too short", FRAME_SIZE_ERROR, frame(PING, 0, 0, ints(1))),
                attack("settings that are cut off", FRAME_SIZE_ERROR, frame(SETTINGS, 0, 0, ints(1))),
                attack("more padding than payload", PROTOCOL_ERROR, frame(DATA, PADDED, 1, new byte[] {9, 1})),
                attack("too much credit", FLOW_CONTROL_ERROR, frame(WINDOW_UPDATE, 0, 0, ints(Integer.MAX_VALUE))),
                attack("no credit", PROTOCOL_ERROR, frame(WINDOW_UPDATE, 0, 0, ints(0))),
                attack("a window that is too large", FLOW_CONTROL_ERROR, (connection, _) -> connection.settings(4, -1)),
                attack("frames that are too small", PROTOCOL_ERROR, (connection, _) -> connection.settings(5, 100)),
                attack("pushes", PROTOCOL_ERROR, (connection, _) -> connection.settings(2, 1)),
                attack("an end that moves", PROTOCOL_ERROR, (connection, stream) -> {
                    connection.goAway(stream, 0);
                    connection.goAway(stream + 2, 0);
                }));
    }

    private static Script frame(int type, int flags, int stream, byte[] payload) {
        return (connection, _) -> connection.frame(type, flags, stream, payload);
    }

    private static Script flood(int type, int flags, int stream, byte[] payload) {
        return (connection, _) -> {
            for (int i = 0; i < FLOOD; i++) {
                connection.frame(type, flags, stream, payload);
            }
        };
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void whoever_breaks_the_rules_loses_the_connection_and_nothing_else(String name, int error, Script attack)
            throws Exception {
        server.next(attack);
        HttpResult.Reply reply = post();

        assertThat(reply)
                .as(name)
                .satisfiesAnyOf(
                        one -> assertInvalid(one),
                        // Its status had come, or the reset of its request.
                        one -> assertThat(one).isInstanceOf(Answer.class),
                        one -> assertThat(((NoAnswer) one).outcome().fault().code())
                                .isEqualTo("connection_lost"));
        Awaitility.await()
                .atMost(LONG)
                .until(() -> http.use().idle() == 0 && http.use().inUse() == 0);
        Awaitility.await().atMost(LONG).until(() -> !server.seen(GOAWAY).isEmpty());
        assertThat(server.seen(GOAWAY).getFirst().payload().array()).containsExactly(0, 0, 0, 0, 0, 0, 0, error);
        assertServes();
        assertThat(server.connections()).isEqualTo(2);
    }

    /// Each of them costs its request, and the connection stays.
    static Stream<Arguments> malformed() {
        return Stream.of(
                headers("no status", "x-a", "b"),
                headers("two", ":status", "200", ":status", "200"),
                headers("no number", ":status", "2oo"),
                headers("no possible status", ":status", "099"),
                headers("another protocol", ":status", "101"),
                headers("an interim answer that is the last", ":status", "103"),
                headers("an upper case name", ":status", "200", "X-A", "b"),
                headers("a line end in a value", ":status", "200", "x-a", "b\r\nset-cookie: c"),
                headers("a connection", ":status", "200", "connection", "close"),
                headers("an encoding of its own", ":status", "200", "transfer-encoding", "chunked"),
                headers("too large headers", ":status", "200", "x-a", "b".repeat(40_000)),
                attack("too many headers", PROTOCOL_ERROR, (connection, stream) -> {
                    ByteBuffer block = ByteBuffer.allocate(16_000).put((byte) 0x88);
                    // accept-encoding: gzip, deflate; more often than anyone needs it.
                    while (block.hasRemaining()) {
                        block.put((byte) 0x90);
                    }
                    connection.frame(HEADERS, END_HEADERS | END_STREAM, stream, block.array());
                }),
                attack(
                        "a body before its head",
                        PROTOCOL_ERROR,
                        (connection, stream) -> connection.data(stream, true, ascii("body"))),
                attack("interim answers only", PROTOCOL_ERROR, (connection, stream) -> {
                    for (int i = 0; i < 20; i++) {
                        connection.headers(stream, false, 103);
                    }
                }),
                attack("no credit for it", PROTOCOL_ERROR, (connection, stream) -> connection.credit(stream, 0)),
                attack(
                        "too much credit for it",
                        FLOW_CONTROL_ERROR,
                        (connection, stream) -> connection.credit(stream, Integer.MAX_VALUE)));
    }

    private static Arguments headers(String name, String... namesAndValues) {
        byte[] block = literal(namesAndValues);
        return attack(name, PROTOCOL_ERROR, (connection, stream) -> {
            int flags = END_STREAM;
            int type = HEADERS;
            for (int at = 0; at < block.length; at += FRAME) {
                int end = Math.min(block.length, at + FRAME);
                connection.frame(
                        type,
                        end == block.length ? flags | END_HEADERS : flags,
                        stream,
                        Arrays.copyOfRange(block, at, end));
                type = CONTINUATION;
                flags = 0;
            }
        });
    }

    /// A header block, neither packed nor indexed.
    private static byte[] literal(String... texts) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < texts.length; i++) {
            if (i % 2 == 0) {
                block.write(0);
            }
            int length = texts[i].length();
            if (length < 127) {
                block.write(length);
            } else {
                block.write(127);
                int rest = length - 127;
                while (rest >= 128) {
                    block.write(rest % 128 + 128);
                    rest /= 128;
                }
                block.write(rest);
            }
            block.writeBytes(ascii(texts[i]));
        }
        return block.toByteArray();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void an_answer_that_is_malformed_costs_only_its_request(String name, int error, Script attack) throws Exception {
        server.next(attack);

        assertInvalid(post());

        Awaitility.await().atMost(LONG).until(() -> !server.seen(RST_STREAM).isEmpty());
        assertThat(server.seen(RST_STREAM).stream().map(Seen::number)).as(name).contains(error);
        assertServes();
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void a_receiver_that_does_not_begin_with_settings_is_not_connected() throws Exception {
        for (Script first : List.of(
                frame(PING, 0, 0, EIGHT),
                frame(SETTINGS, ACK, 0, NOTHING),
                frame(0, 0, 0x2f312e31, ascii("HTTP/1.1 400 Bad Request")))) {
            server.nextConnection(first);

            assertThat(post()).isInstanceOfSatisfying(NoAnswer.class, none -> {
                assertThat(none.outcome()).isInstanceOf(Retryable.class);
                assertThat(none.outcome().fault().code()).isEqualTo("http2_failed");
            });
        }
        assertThat(server.received()).isEmpty();
    }

    @Test
    void frames_for_a_request_that_was_given_up_are_passed_over() throws Exception {
        server.next((connection, stream) -> {
            connection.headers(stream, true, 200, "content-length", "0");
            connection.data(stream, true, ascii("late"));
            connection.headers(stream, true, 200, "x-late", "b");
            connection.reset(stream, 2);
            connection.credit(stream, 10);
        });
        assertThat(post()).isInstanceOf(Answer.class);
        for (int i = 0; i < 3; i++) {
            server.next(answer(204, "", "x-late", "b"));
            assertServes();
        }

        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void more_than_the_window_of_a_request_costs_the_request() throws Exception {
        server.next((connection, stream) -> {
            connection.headers(stream, false, 200);
            // What is asked for as a download may send 1 MiB before it is read.
            for (int i = 0; i < 70; i++) {
                connection.data(stream, false, new byte[FRAME]);
            }
        });
        HttpCall.Timeouts timeouts = new HttpCall.Timeouts(LONG, LONG, LONG);
        HttpCall call = HttpCall.get(HttpTarget.parse(server.url("/")), List.of(), timeouts, body -> {
            Awaitility.await().atMost(LONG).until(() -> !server.seen(RST_STREAM).isEmpty());
            body.transferTo(OutputStream.nullOutputStream());
        });

        assertInvalid(Samples.onVirtualThread(() -> line.exchange(call).reply()));

        assertThat(server.seen(RST_STREAM).stream().map(Seen::number)).containsExactly(FLOW_CONTROL_ERROR);
        assertServes();
        assertThat(server.connections()).isEqualTo(1);
    }
}
