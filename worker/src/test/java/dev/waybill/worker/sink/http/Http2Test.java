package dev.waybill.worker.sink.http;

import static dev.waybill.worker.sink.http.ScriptedHttp2Server.answer;
import static dev.waybill.worker.sink.http.ScriptedHttp2Server.hang;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Outcome.Ambiguous;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import dev.waybill.worker.sink.http.HttpResult.NoAnswer;
import dev.waybill.worker.sink.http.ScriptedHttp2Server.Seen;
import dev.waybill.worker.sink.tls.TestCertificate;
import dev.waybill.worker.sink.tls.TlsTrust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What requests become on shared connections, frame by frame.
class Http2Test {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(400);

    private static final int NO_ERROR = 0;
    private static final int INTERNAL_ERROR = 2;
    private static final int REFUSED_STREAM = 7;
    private static final int CANCEL = 8;

    private static final int HEADER_TABLE_SIZE = 1;
    private static final int MAX_CONCURRENT_STREAMS = 3;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int MAX_FRAME_SIZE = 5;

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

    private HttpCall call(
            String method, List<Header> headers, @Nullable Content body, Duration firstByte, Duration total) {
        return new HttpCall(
                method,
                HttpTarget.parse(server.url("/hook?x=1")),
                headers,
                body,
                new HttpCall.Timeouts(LONG, firstByte, total),
                1_000,
                false);
    }

    private HttpCall post(int size) {
        return call("POST", List.of(), body(size), LONG, LONG);
    }

    private static Content body(int size) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) 'x');
        return new Content.Inline(Bytes.of(bytes));
    }

    private HttpResult make(HttpCall call) throws Exception {
        return Samples.onVirtualThread(() -> line.exchange(call));
    }

    private FutureTask<HttpResult> begin(HttpCall call) {
        FutureTask<HttpResult> task = new FutureTask<>(() -> line.exchange(call));
        Thread.ofVirtual().start(task);
        return task;
    }

    private static int status(HttpResult result) {
        assertThat(result.reply()).isInstanceOf(Answer.class);
        return ((Answer) result.reply()).status();
    }

    private static void assertFailed(HttpResult result, Class<? extends Outcome> type, String code) {
        assertThat(result.reply()).isInstanceOfSatisfying(NoAnswer.class, none -> {
            assertThat(none.outcome().fault().code()).isEqualTo(code);
            assertThat(none.outcome()).isInstanceOf(type);
        });
    }

    private void awaitSeen(int type, int count) {
        Awaitility.await().atMost(LONG).until(() -> server.seen(type).size() >= count);
    }

    private List<Integer> resets() {
        return server.seen(ScriptedHttp2Server.RST_STREAM).stream()
                .map(Seen::number)
                .toList();
    }

    // ---- sharing

    @Test
    void requests_at_the_same_time_share_a_connection() throws Exception {
        CountDownLatch all = new CountDownLatch(50);
        List<FutureTask<HttpResult>> calls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            server.next((connection, stream) -> {
                all.countDown();
                all.await();
                answer(200, "fine").play(connection, stream);
            });
            calls.add(begin(post(1_000)));
        }
        for (FutureTask<HttpResult> each : calls) {
            assertThat(status(each.get())).isEqualTo(200);
        }

        assertThat(server.connections()).isEqualTo(1);
        assertThat(http.use().idle()).isEqualTo(1);
        assertThat(http.use().inUse()).isZero();
        assertThat(http.use().totals().created()).isEqualTo(1);
        assertThat(http.use().totals().reused()).isEqualTo(49);
    }

    @Test
    void the_receiver_says_how_many_share_one() throws Exception {
        server.settings(MAX_CONCURRENT_STREAMS, 2);
        assertThat(status(make(post(1)))).isEqualTo(204);
        CountDownLatch all = new CountDownLatch(6);
        List<FutureTask<HttpResult>> calls = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            server.next((connection, stream) -> {
                all.countDown();
                all.await();
                answer(204, "").play(connection, stream);
            });
            calls.add(begin(post(1)));
        }
        for (FutureTask<HttpResult> each : calls) {
            assertThat(status(each.get())).isEqualTo(204);
        }

        assertThat(server.connections()).isEqualTo(3);
    }

    @Test
    void a_receiver_that_takes_no_requests_at_all_is_not_connected() throws Exception {
        server.settings(MAX_CONCURRENT_STREAMS, 0);

        assertFailed(make(post(1)), Retryable.class, "http2_failed");
    }

    @Test
    void one_who_may_not_speak_http_2_is_not_understood() throws Exception {
        HttpLine old = http.line(TlsTrust.only(TestCertificate.valid().pem()), HttpVersion.ONE);

        HttpCall call = call("POST", List.of(), body(1), SHORT, SHORT);
        HttpResult result = Samples.onVirtualThread(() -> old.exchange(call));

        assertThat(result.reply()).isInstanceOf(NoAnswer.class);
        assertThat(server.received()).isEmpty();
    }

    @Test
    void a_connection_that_was_dropped_while_idle_is_replaced() throws Exception {
        assertThat(status(make(post(1)))).isEqualTo(204);
        server.dropConnections();
        Awaitility.await().atMost(LONG).until(() -> status(make(post(1))) == 204 && server.connections() == 2);
    }

    @Test
    void a_host_that_refuses_is_left_alone_for_a_moment() throws Exception {
        try (Socket bound = new Socket()) {
            // Bound, so that nobody else takes the port, but not listening.
            bound.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
            HttpCall call = new HttpCall(
                    "GET",
                    HttpTarget.parse("https://127.0.0.1:" + bound.getLocalPort() + "/"),
                    List.of(),
                    null,
                    new HttpCall.Timeouts(LONG, LONG, LONG.multipliedBy(2)),
                    0,
                    false);
            for (int i = 0; i < 3; i++) {
                assertFailed(make(call), Retryable.class, "connect_refused");
            }

            assertFailed(make(call), Retryable.class, "connect_backoff");
        }
    }

    // ---- what is sent

    @Test
    void sends_what_http_2_allows_and_nothing_else() throws Exception {
        List<Header> headers = List.of(
                new BasicHeader("X-Team", "Reports"),
                new BasicHeader("Connection", "close"),
                new BasicHeader("TE", "gzip"),
                new BasicHeader("Transfer-Encoding", "chunked"));
        make(call("POST", headers, body(3), LONG, LONG));

        Map<String, String> sent = server.received().getFirst().headers();
        assertThat(sent.keySet())
                .containsExactly(":method", ":scheme", ":authority", ":path", "x-team", "content-length");
        assertThat(sent)
                .containsEntry(":scheme", "https")
                .containsEntry(":authority", "127.0.0.1:" + server.port())
                .containsEntry(":path", "/hook?x=1")
                .containsEntry("x-team", "Reports")
                .containsEntry("content-length", "3");
        // ENABLE_PUSH = 0
        assertThat(server.seen(ScriptedHttp2Server.SETTINGS)
                        .getFirst()
                        .payload()
                        .array())
                .startsWith(0, 2, 0, 0, 0, 0);
    }

    @Test
    void large_headers_go_in_several_frames() throws Exception {
        List<Header> headers = IntStream.range(0, 30)
                .<Header>mapToObj(i -> new BasicHeader("X-" + i, "0123456789".repeat(200)))
                .toList();
        assertThat(status(make(call("POST", headers, body(3), LONG, LONG)))).isEqualTo(204);

        assertThat(server.seen(ScriptedHttp2Server.CONTINUATION)).isNotEmpty();
        assertThat(server.received().getFirst().headers()).containsEntry("x-29", "0123456789".repeat(200));
    }

    /// Otherwise whoever has a destination at the same host could guess what another organization sends there.
    @Test
    void the_size_of_a_request_does_not_tell_whether_a_secret_was_sent_before() throws Exception {
        Set<Long> sizes = new HashSet<>();
        for (String secret : List.of("abcabc", "abcabc", "cbacba", "bcabca")) {
            List<Header> headers = List.of(new BasicHeader("Authorization", secret), new BasicHeader("X-Key", secret));
            make(call("POST", headers, null, LONG, LONG));
            sizes.add(make(call("POST", headers, null, LONG, LONG)).bytesSent());
        }
        assertThat(sizes).hasSize(1);
        assertThat(server.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16_375, 16_384, 65_535, 65_536, 1_000_000})
    void bodies_of_any_size_arrive(int size) throws Exception {
        HttpResult result = make(post(size));

        assertThat(status(result)).isEqualTo(204);
        assertThat(server.received().getFirst().body().size()).isEqualTo(size);
        assertThat(result.bytesSent()).isGreaterThan(size);
    }

    @Test
    void settings_of_the_receiver_hold_when_they_change() throws Exception {
        server.settings(INITIAL_WINDOW_SIZE, 0, HEADER_TABLE_SIZE, 0, MAX_FRAME_SIZE, 32_768);
        FutureTask<HttpResult> call = begin(post(100_000));
        awaitSeen(ScriptedHttp2Server.HEADERS, 1);
        assertThat(server.seen(ScriptedHttp2Server.DATA)).isEmpty();

        server.connection().settings(INITIAL_WINDOW_SIZE, 10);
        awaitSeen(ScriptedHttp2Server.DATA, 1);
        assertThat(server.seen(ScriptedHttp2Server.DATA).getFirst().payload().size())
                .isEqualTo(10);
        server.connection().settings(INITIAL_WINDOW_SIZE, 1_000_000);

        assertThat(status(call.get())).isEqualTo(204);
        assertThat(server.received().getFirst().body().size()).isEqualTo(100_000);
        assertThat(status(make(post(1)))).isEqualTo(204);
    }

    @Test
    void a_receiver_that_gives_no_credit_has_not_got_the_payload() throws Exception {
        server.giveNoCredit();

        HttpResult result = make(call("POST", List.of(), body(100_000), SHORT, SHORT));

        assertFailed(result, Retryable.class, "send_timeout");
        assertThat(result.bytesSent()).isBetween(65_535L, 66_500L);
        awaitSeen(ScriptedHttp2Server.RST_STREAM, 1);
        assertThat(resets()).containsExactly(CANCEL);
        assertThat(server.received()).isEmpty();
    }

    // ---- ends

    @Test
    void a_call_that_is_given_up_leaves_the_others_alone() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        server.next((connection, stream) -> {
            over.await();
            answer(200, "late").play(connection, stream);
        });
        FutureTask<HttpResult> other = begin(post(1));
        awaitSeen(ScriptedHttp2Server.HEADERS, 1);
        server.next(hang());

        assertFailed(make(call("POST", List.of(), body(1), SHORT, LONG)), Ambiguous.class, "first_byte_timeout");

        awaitSeen(ScriptedHttp2Server.RST_STREAM, 1);
        assertThat(resets()).containsExactly(CANCEL);
        over.countDown();
        assertThat(status(other.get())).isEqualTo(200);
        assertThat(server.connections()).isEqualTo(1);
    }

    /// On a virtual thread that waits for a socket, an interrupt would close it for everybody.
    @Test
    void an_interrupted_caller_leaves_the_others_alone() throws Exception {
        server.giveNoCredit();
        FutureTask<HttpResult> large = new FutureTask<>(() -> line.exchange(post(10_000_000)));
        Thread thread = Thread.ofVirtual().start(large);
        awaitSeen(ScriptedHttp2Server.DATA, 4);

        thread.interrupt();

        assertThat(large).failsWithin(LONG).withThrowableThat().withCauseInstanceOf(InterruptedException.class);
        awaitSeen(ScriptedHttp2Server.RST_STREAM, 1);
        server.connection().credit(0, 1_000);
        assertThat(status(make(post(1)))).isEqualTo(204);
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void a_connection_on_which_nobody_answers_takes_no_new_requests() throws Exception {
        server.answerNoPings();
        assertThat(status(make(post(1)))).isEqualTo(204);
        server.next(hang());
        assertFailed(make(call("POST", List.of(), null, SHORT, LONG)), Ambiguous.class, "first_byte_timeout");
        awaitSeen(ScriptedHttp2Server.PING, 1);

        assertThat(status(make(post(1)))).isEqualTo(204);

        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void a_connection_that_shows_that_it_lives_is_used_again() throws Exception {
        assertThat(status(make(post(1)))).isEqualTo(204);
        server.next(hang());
        assertFailed(make(call("POST", List.of(), null, SHORT, LONG)), Ambiguous.class, "first_byte_timeout");
        awaitSeen(ScriptedHttp2Server.RST_STREAM, 1);
        // Once it has answered this, it has heard from the receiver.
        server.connection().frame(ScriptedHttp2Server.PING, 0, 0, new byte[8]);
        awaitSeen(ScriptedHttp2Server.PING, 2);

        assertThat(status(make(post(1)))).isEqualTo(204);
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void requests_that_the_receiver_did_not_look_at_are_made_again() throws Exception {
        server.next((connection, _) -> connection.goAway(0, NO_ERROR));
        assertThat(status(make(post(10)))).isEqualTo(204);
        assertThat(server.connections()).isEqualTo(2);

        server.next((connection, stream) -> connection.reset(stream, REFUSED_STREAM));
        assertThat(status(make(post(10)))).isEqualTo(204);
        assertThat(server.connections()).isEqualTo(3);
        assertThat(server.received()).hasSize(4);
    }

    @Test
    void requests_that_are_refused_again_are_not_made_a_third_time() throws Exception {
        for (int i = 0; i < 2; i++) {
            server.next((connection, stream) -> connection.reset(stream, REFUSED_STREAM));
        }

        assertFailed(make(post(10)), Retryable.class, "request_refused");
        assertThat(server.received()).hasSize(2);
    }

    @Test
    void a_receiver_that_ends_a_connection_answers_what_it_has_begun() throws Exception {
        server.next((connection, stream) -> {
            connection.goAway(stream, NO_ERROR);
            answer(200, "still").play(connection, stream);
        });
        assertThat(status(make(post(10)))).isEqualTo(200);
        assertThat(status(make(post(10)))).isEqualTo(204);

        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void a_reset_before_the_whole_request_was_sent_is_retryable_and_afterwards_ambiguous() throws Exception {
        server.giveNoCredit();
        server.nextHeaders((connection, stream) -> connection.reset(stream, INTERNAL_ERROR));
        assertFailed(make(post(100_000)), Retryable.class, "connection_reset");
        server.connection().credit(0, 100_000);

        server.next((connection, stream) -> connection.reset(stream, INTERNAL_ERROR));
        assertFailed(make(post(1)), Ambiguous.class, "connection_lost");
        assertThat(server.connections()).isEqualTo(1);
    }

    // ---- answers

    @Test
    void a_refusal_before_the_whole_request_was_sent_is_heard() throws Exception {
        server.giveNoCredit();
        server.nextHeaders(answer(413, "too large"));

        HttpResult result = make(post(1_000_000));

        assertThat(status(result)).isEqualTo(413);
        awaitSeen(ScriptedHttp2Server.RST_STREAM, 1);
        assertThat(server.received()).isEmpty();
    }

    @Test
    void an_early_acceptance_counts_once_the_receiver_wants_no_more() throws Exception {
        server.giveNoCredit();
        server.nextHeaders((connection, stream) -> {
            answer(200, "enough").play(connection, stream);
            connection.reset(stream, NO_ERROR);
        });

        assertThat(status(make(post(1_000_000)))).isEqualTo(200);
    }

    @Test
    void an_early_acceptance_does_not_end_the_request() throws Exception {
        server.nextHeaders(answer(200, "early"));
        server.next((_, _) -> {});

        assertThat(status(make(post(1_000_000)))).isEqualTo(200);
        Awaitility.await().atMost(LONG).until(() -> server.received().size() == 1);
        assertThat(server.received().getFirst().body().size()).isEqualTo(1_000_000);
    }

    @Test
    void interim_answers_are_skipped_and_trailers_are_read() throws Exception {
        server.next((connection, stream) -> {
            connection.headers(stream, false, 100);
            connection.headers(stream, false, 103, "link", "x");
            connection.headers(stream, false, 201, "x-request-id", "r-1");
            connection.data(stream, false, new byte[] {'o', 'k'});
            connection.frame(
                    ScriptedHttp2Server.HEADERS,
                    ScriptedHttp2Server.END_HEADERS | ScriptedHttp2Server.END_STREAM,
                    stream,
                    new byte[0]);
        });

        HttpResult result = make(post(1));

        assertThat(status(result)).isEqualTo(201);
        assertThat(((Answer) result.reply()).header("X-Request-Id")).isEqualTo("r-1");
        assertThat(((Answer) result.reply()).body()).isEqualTo(Samples.body("ok"));
    }

    @Test
    void an_answer_to_head_has_a_length_and_no_body() throws Exception {
        server.next((connection, stream) -> connection.headers(stream, true, 200, "content-length", "1000"));

        assertThat(status(make(call("HEAD", List.of(), null, LONG, LONG)))).isEqualTo(200);
        assertThat(status(make(post(1)))).isEqualTo(204);
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void a_header_block_may_come_in_pieces_and_padded() throws Exception {
        server.next((connection, stream) -> {
            byte[] block = connection.pack(202, "x-request-id", "r-2");
            byte[] padded = new byte[1 + 3 + 5];
            padded[0] = 5;
            System.arraycopy(block, 0, padded, 1, 3);
            connection.frame(
                    ScriptedHttp2Server.HEADERS,
                    ScriptedHttp2Server.PADDED | ScriptedHttp2Server.END_STREAM,
                    stream,
                    padded);
            connection.frame(ScriptedHttp2Server.CONTINUATION, 0, stream, new byte[0]);
            connection.frame(
                    ScriptedHttp2Server.CONTINUATION,
                    ScriptedHttp2Server.END_HEADERS,
                    stream,
                    Arrays.copyOfRange(block, 3, block.length));
        });

        assertThat(status(make(post(1)))).isEqualTo(202);
    }

    @Test
    void a_large_answer_is_read_as_far_as_it_is_wanted_and_the_connection_stays() throws Exception {
        server.next(ScriptedHttp2Server.flood());

        HttpResult result = make(post(1));

        assertThat(status(result)).isEqualTo(200);
        assertThat(((Answer) result.reply()).body().size()).isEqualTo(1_000);
        awaitSeen(ScriptedHttp2Server.RST_STREAM, 1);
        for (int i = 0; i < 100; i++) {
            // More than the connection's window, if what is thrown away were not given back.
            server.next(ScriptedHttp2Server.flood());
            assertThat(status(make(post(1)))).isEqualTo(200);
        }
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void a_download_is_read_to_its_end_whatever_its_size() throws Exception {
        int size = 5_000_000;
        server.next((connection, stream) -> {
            connection.headers(stream, false, 200, "content-length", Integer.toString(size));
            for (int sent = 0; sent < size; sent += 10_000) {
                connection.awaitWindow(stream, 10_000);
                connection.data(stream, sent + 10_000 == size, new byte[10_000]);
            }
        });
        AtomicLong read = new AtomicLong();

        HttpResult result = make(HttpCall.get(
                HttpTarget.parse(server.url("/")),
                List.of(),
                new HttpCall.Timeouts(LONG, LONG, LONG),
                body -> read.set(body.transferTo(java.io.OutputStream.nullOutputStream()))));

        assertThat(status(result)).isEqualTo(200);
        assertThat(read).hasValue(size);
    }

    @Test
    void a_download_that_is_cut_off_is_no_answer() throws Exception {
        server.next((connection, stream) -> {
            connection.headers(stream, false, 200, "content-length", "10");
            connection.data(stream, true, new byte[9]);
        });

        HttpResult result = make(HttpCall.get(
                HttpTarget.parse(server.url("/")),
                List.of(),
                new HttpCall.Timeouts(LONG, LONG, LONG),
                body -> body.transferTo(java.io.OutputStream.nullOutputStream())));

        assertThat(result.reply()).isInstanceOf(NoAnswer.class);
    }
}
