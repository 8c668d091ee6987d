package dev.waybill.worker.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.model.Bytes;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import dev.waybill.worker.sink.tls.TestCertificate;
import dev.waybill.worker.sink.tls.TlsTrust;
import io.netty.handler.codec.http2.Http2Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// With a receiver that somebody else has written: Netty's, which is strict about windows and tables.
class Http2NettyTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int KEPT = 60_000;

    private final Dialer dialer = new Dialer(new EgressGuard(List.of("127.0.0.1"), NameResolver.system()));
    private final HttpClient http = new HttpClient(dialer, HttpLimits.DEFAULT);
    private final HttpLine line =
            http.line(TlsTrust.only(TestCertificate.valid().pem()));

    @AfterEach
    void stop() {
        http.close();
        dialer.close();
    }

    private static HttpCall post(NettyReceiver receiver, byte[] body, int header) {
        List<Header> headers =
                List.of(new BasicHeader("User-Agent", "waybill/test"), new BasicHeader("X-Large", "v".repeat(header)));
        return new HttpCall(
                "POST",
                HttpTarget.parse(receiver.url("/")),
                headers,
                new Content.Inline(Bytes.of(body)),
                new HttpCall.Timeouts(LONG, LONG, LONG),
                KEPT,
                false);
    }

    private static void assertEchoed(HttpResult result, byte[] body) {
        assertThat(result.reply()).isInstanceOfSatisfying(Answer.class, answer -> {
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(Bytes.of(Arrays.copyOf(body, Math.min(KEPT, body.length))));
        });
    }

    private void assertEchoes(NettyReceiver receiver, byte[] body, int header) throws Exception {
        assertEchoed(Samples.onVirtualThread(() -> line.exchange(post(receiver, body, header))), body);
    }

    private static byte[] body(int size) {
        byte[] body = new byte[size];
        for (int i = 0; i < size; i++) {
            body[i] = (byte) (i * 31);
        }
        return body;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16_384, 65_535, 3_000_000})
    void bodies_of_any_size_go_there_and_back(int size) throws Exception {
        try (NettyReceiver receiver = new NettyReceiver(Http2Settings.defaultSettings())) {
            assertEchoes(receiver, body(size), 0);
            assertEchoes(receiver, body(size), 0);

            assertThat(receiver.connections()).isEqualTo(1);
        }
    }

    @Test
    void what_the_receiver_allows_is_kept_to() throws Exception {
        Http2Settings narrow = Http2Settings.defaultSettings()
                .maxConcurrentStreams(5)
                .initialWindowSize(100)
                .headerTableSize(0)
                .maxFrameSize(16_384);
        try (NettyReceiver receiver = new NettyReceiver(narrow)) {
            assertEchoes(receiver, body(10_000), 0);
            List<FutureTask<HttpResult>> calls = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                FutureTask<HttpResult> task =
                        new FutureTask<>(() -> line.exchange(post(receiver, body(10_000), 4_000)));
                calls.add(task);
                Thread.ofVirtual().start(task);
            }
            for (FutureTask<HttpResult> each : calls) {
                assertEchoed(each.get(), body(10_000));
            }
            assertThat(receiver.connections()).isBetween(1, 8);
        }
    }
}
