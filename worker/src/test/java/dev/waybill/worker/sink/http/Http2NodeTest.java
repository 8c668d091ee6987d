package dev.waybill.worker.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.model.Bytes;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import dev.waybill.worker.sink.http.HttpResult.NoAnswer;
import dev.waybill.worker.sink.tls.TestCertificate;
import dev.waybill.worker.sink.tls.TestIdentity;
import dev.waybill.worker.sink.tls.TlsIdentity;
import dev.waybill.worker.sink.tls.TlsTrust;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// With a receiver that somebody else has written: Node's, on nghttp2.
@Tag("node")
class Http2NodeTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    Path directory;

    private final Dialer dialer = new Dialer(new EgressGuard(List.of("127.0.0.1"), NameResolver.system()));
    private final HttpClient http = new HttpClient(dialer, HttpLimits.DEFAULT);
    private final TlsTrust trust = TlsTrust.only(TestCertificate.valid().pem());
    private final HttpLine line = http.line(trust);
    private NodeReceiver node;

    @BeforeEach
    void start() throws Exception {
        node = NodeReceiver.start(directory, null);
    }

    @AfterEach
    void stop() {
        if (node != null) {
            node.close();
        }
        http.close();
        dialer.close();
    }

    private HttpCall post(String path, @Nullable Content body, Duration firstByte) {
        HttpCall.Timeouts timeouts = new HttpCall.Timeouts(LONG, firstByte, LONG);
        return new HttpCall("POST", HttpTarget.parse(node.url(path)), List.of(), body, timeouts, 1_000, false);
    }

    private static HttpResult make(HttpLine line, HttpCall call) throws Exception {
        return Samples.onVirtualThread(() -> line.exchange(call));
    }

    private static Answer answer(HttpResult result) {
        assertThat(result.reply()).isInstanceOf(Answer.class);
        return (Answer) result.reply();
    }

    private static String code(HttpResult result) {
        assertThat(result.reply()).isInstanceOf(NoAnswer.class);
        return ((NoAnswer) result.reply()).outcome().fault().code();
    }

    private static String text(Answer answer) {
        return new String(answer.body().array(), StandardCharsets.UTF_8);
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static String facts(String version, byte[] body, String client) throws Exception {
        String hash =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        return version + " " + body.length + " " + hash + " " + client;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16_384, 65_536, 5_000_000})
    void bodies_of_any_size_arrive_from_memory_and_from_elsewhere(int size) throws Exception {
        byte[] bytes = random(size);
        Content streamed = new Content() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes);
            }
        };

        for (Content body : List.of(new Content.Inline(Bytes.of(bytes)), streamed)) {
            assertThat(text(answer(make(line, post("/facts", body, LONG))))).isEqualTo(facts("2.0", bytes, ""));
        }
        assertThat(http.use().totals().created()).isEqualTo(1);
    }

    @Test
    void a_thousand_requests_go_over_a_few_connections() throws Exception {
        byte[] bytes = random(2_000);
        List<FutureTask<HttpResult>> calls = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            HttpCall call = post("/facts", new Content.Inline(Bytes.of(bytes)), LONG);
            FutureTask<HttpResult> task = new FutureTask<>(() -> line.exchange(call));
            calls.add(task);
            Thread.ofVirtual().start(task);
        }
        for (FutureTask<HttpResult> each : calls) {
            assertThat(text(answer(each.get()))).isEqualTo(facts("2.0", bytes, ""));
        }
        assertThat(http.use().totals().created()).isLessThanOrEqualTo(10);
    }

    @Test
    void the_receiver_chooses_unless_only_1_1_is_offered() throws Exception {
        byte[] bytes = random(10);
        HttpCall call = post("/facts", new Content.Inline(Bytes.of(bytes)), LONG);

        assertThat(text(answer(make(line, call)))).isEqualTo(facts("2.0", bytes, ""));
        assertThat(text(answer(make(http.line(trust, HttpVersion.ONE), call)))).isEqualTo(facts("1.1", bytes, ""));
    }

    @Test
    void an_answer_that_comes_before_the_request_was_read_is_heard() throws Exception {
        Content large = new Content.Inline(Bytes.of(random(5_000_000)));

        assertThat(answer(make(line, post("/early", large, LONG))).status()).isEqualTo(200);
        assertThat(answer(make(line, post("/refuse", large, LONG))).status()).isEqualTo(413);
        assertThat(http.use().totals().created()).isEqualTo(1);
    }

    @Test
    void downloads_are_read_to_their_end() throws Exception {
        AtomicLong read = new AtomicLong();
        HttpTarget target = HttpTarget.parse(node.url("/large?bytes=20000000"));

        HttpResult result = make(
                line,
                HttpCall.get(
                        target,
                        List.of(),
                        new HttpCall.Timeouts(LONG, LONG, LONG),
                        body -> read.set(body.transferTo(OutputStream.nullOutputStream()))));

        assertThat(answer(result).status()).isEqualTo(200);
        assertThat(read).hasValue(20_000_000);
    }

    @Test
    void a_call_that_is_given_up_is_cancelled_and_nothing_else_is() throws Exception {
        assertThat(make(line, post("/hang", null, SHORT)).reply()).isInstanceOf(NoAnswer.class);

        Awaitility.await()
                .atMost(LONG)
                .until(() ->
                        text(answer(make(line, post("/resets", null, LONG)))).equals("8"));
    }

    @Test
    void a_connection_that_ends_in_good_order_is_replaced() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(text(answer(make(line, post("/last", null, LONG))))).isEqualTo("the last one here");
        }
        assertThat(http.use().totals().created()).isEqualTo(3);
    }

    @Test
    void a_receiver_that_was_killed_is_noticed_and_found_again() throws Exception {
        byte[] bytes = random(10);
        HttpCall call = post("/facts", new Content.Inline(Bytes.of(bytes)), LONG);
        assertThat(text(answer(make(line, call)))).isEqualTo(facts("2.0", bytes, ""));
        node.close();
        Awaitility.await().atMost(LONG).until(() -> make(line, call).reply() instanceof NoAnswer);
        node = NodeReceiver.start(directory, null);

        HttpCall again = post("/facts", new Content.Inline(Bytes.of(bytes)), LONG);
        assertThat(text(answer(make(line, again)))).isEqualTo(facts("2.0", bytes, ""));
    }

    @Test
    void a_receiver_that_asks_is_shown_the_certificate() throws Exception {
        byte[] bytes = random(10);
        TestIdentity anna = TestIdentity.anna();
        TlsIdentity identity = TlsIdentity.of(TlsIdentity.chain(anna.chain()), anna.key());
        node.close();
        node = NodeReceiver.start(directory, TestIdentity.authority());
        HttpCall call = post("/facts", new Content.Inline(Bytes.of(bytes)), LONG);

        assertThat(text(answer(Samples.onVirtualThread(() -> line.exchange(call, identity)))))
                .isEqualTo(facts("2.0", bytes, "anna"));
        assertThat(code(make(line, call))).isEqualTo("tls_client_certificate_required");
        TestIdentity other = TestIdentity.stranger();
        TlsIdentity stranger = TlsIdentity.of(TlsIdentity.chain(other.chain()), other.key());
        // Node closes without a word.
        assertThat(code(Samples.onVirtualThread(() -> line.exchange(call, stranger))))
                .isEqualTo("http2_failed");
    }
}
