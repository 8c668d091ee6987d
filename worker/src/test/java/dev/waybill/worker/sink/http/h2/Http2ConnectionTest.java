package dev.waybill.worker.sink.http.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.topology.model.Bytes;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.http.ScriptedHttp2Server;
import dev.waybill.worker.sink.http.ScriptedHttp2Server.Seen;
import dev.waybill.worker.sink.tls.TestCertificate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.apache.hc.core5.http.Header;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// One connection by itself: its last stream, its silences, its end.
class Http2ConnectionTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int INITIAL_WINDOW_SIZE = 4;

    /// Added to the real time.
    private final AtomicLong passed = new AtomicLong();
    private ScriptedHttp2Server server;

    @BeforeEach
    void start() throws IOException {
        server = ScriptedHttp2Server.start();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Http2Connection connect(int firstId) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        byte[] pem = TestCertificate.valid().pem().getBytes(StandardCharsets.UTF_8);
        store.setCertificateEntry(
                "ca", CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem)));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        Socket plain = new Socket(InetAddress.ofLiteral("127.0.0.1"), server.port());
        SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(plain, "127.0.0.1", server.port(), true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        Http2Connection connection = Http2Connection.over(plain, tls, firstId, () -> System.nanoTime() + passed.get());
        connection.awaitSettings(LONG);
        return connection;
    }

    /// One with an answer, before which the server's acknowledgement of our settings came: a frame that comes later is
    /// no
    /// silence.
    private Http2Connection settled() throws Exception {
        Http2Connection connection = connect(1);
        assertThat(status(connection)).isEqualTo(204);
        return connection;
    }

    private void pass(Duration time) {
        passed.addAndGet(time.toNanos());
    }

    private Http2Stream open(Http2Connection connection, @Nullable Content body) {
        List<Header> headers =
                RequestHead.of("POST", "127.0.0.1:" + server.port(), "/", List.of(), body == null ? -1 : body.size());
        return connection.open(headers, body, false);
    }

    private int status(Http2Connection connection) throws Exception {
        return Samples.onVirtualThread(() -> {
            try (Http2Stream stream = open(connection, null)) {
                stream.send();
                assertThat(stream.awaitHead(LONG)).isTrue();
                return stream.status();
            }
        });
    }

    private void awaitPings(int count) {
        Awaitility.await()
                .atMost(LONG)
                .until(() -> server.seen(ScriptedHttp2Server.PING).size() == count);
    }

    @Test
    void a_connection_whose_ids_are_used_up_takes_no_more_requests() throws Exception {
        Http2Connection connection = connect(Integer.MAX_VALUE - 2);
        assertThat(status(connection)).isEqualTo(204);
        assertThat(connection.capacity()).isEqualTo(Http2Connection.STREAMS_MAX);
        assertThat(status(connection)).isEqualTo(204);

        assertThat(connection.capacity()).isZero();
        assertThat(connection.isUsable()).isFalse();
        assertThatThrownBy(() -> status(connection)).isInstanceOf(UnprocessedException.class);
        assertThat(server.seen(ScriptedHttp2Server.HEADERS).stream().map(Seen::stream))
                .containsExactly(Integer.MAX_VALUE - 2, Integer.MAX_VALUE);
        connection.discard();
    }

    @Test
    void whoever_is_silent_is_asked_and_stays_if_he_answers() throws Exception {
        Http2Connection connection = settled();
        for (int i = 1; i <= 3; i++) {
            pass(Duration.ofSeconds(6));
            assertThat(connection.isUsable()).isTrue();
            awaitPings(i);
            assertThat(status(connection)).isEqualTo(204);
        }
        connection.discard();
    }

    @Test
    void whoever_does_not_answer_is_given_up() throws Exception {
        server.answerNoPings();
        Http2Connection connection = settled();
        pass(Duration.ofSeconds(6));
        assertThat(connection.tend()).isTrue();
        awaitPings(1);
        pass(Duration.ofSeconds(6));

        assertThat(connection.tend()).isFalse();
        assertThat(connection.isUsable()).isFalse();
        assertThatThrownBy(() -> status(connection)).isInstanceOf(IOException.class);
    }

    @Test
    void whoever_takes_no_bytes_is_given_up_and_has_not_got_the_request() throws Exception {
        server.nextConnection((connection, _) -> {
            connection.settings(INITIAL_WINDOW_SIZE, Integer.MAX_VALUE);
            connection.credit(0, 1 << 30);
            connection.hang();
        });
        Http2Connection connection = connect(1);
        Content large = new Content.Inline(Bytes.of(new byte[50_000_000]));
        FutureTask<Boolean> processed = new FutureTask<>(() -> {
            Http2Stream stream = open(connection, large);
            try (stream) {
                stream.send();
                stream.awaitHead(LONG);
            } catch (IOException e) {
                // As it should be.
            }
            return stream.mayBeProcessed();
        });
        Thread.ofVirtual().start(processed);

        Awaitility.await().atMost(LONG).until(() -> {
            pass(Duration.ofSeconds(11));
            return !connection.tend();
        });

        assertThat(processed.get()).isFalse();
    }

    @Test
    void what_is_in_flight_when_a_connection_is_ended_fails() throws Exception {
        server.next(ScriptedHttp2Server.hang());
        Http2Connection connection = connect(1);
        FutureTask<Integer> call = new FutureTask<>(() -> status(connection));
        Thread.ofVirtual().start(call);
        Awaitility.await().atMost(LONG).until(() -> !server.received().isEmpty());

        connection.discard();

        assertThat(call).failsWithin(LONG).withThrowableThat().withCauseInstanceOf(IOException.class);
    }
}
