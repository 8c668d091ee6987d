package dev.waybill.worker.payload;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.Payloads.Fetched;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.SinkProvider;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.file.FileProvider;
import dev.waybill.worker.sink.file.FileRoots;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpLimits;
import dev.waybill.worker.sink.webhook.WebhookProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From a file or an HTTP server to a receiver or another file, without ever being in memory as a whole.
class LargePayloadTest {

    private static final long MIB = 1 << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    private final Dialer dialer = new Dialer(new EgressGuard(List.of("127.0.0.1"), NameResolver.system()));
    private final HttpClient http = new HttpClient(dialer, HttpLimits.DEFAULT);
    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final BlockingQueue<String> received = new ArrayBlockingQueue<>(10);
    private Path source = Path.of("");

    LargePayloadTest() throws IOException {
        server.createContext("/hook", this::receive);
        server.createContext("/source", this::give);
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
        http.close();
        dialer.close();
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            received.add(sha256(exchange.getRequestBody()));
            exchange.sendResponseHeaders(204, -1);
        }
    }

    private void give(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(200, 0);
            Files.copy(source, exchange.getResponseBody());
        }
    }

    @Test
    void goesThroughInPieces() throws Exception {
        deliver(64 * MIB);
    }

    @Test
    @Tag("long")
    void goesThroughInPiecesHoweverLong() throws Exception {
        deliver(2_048 * MIB);
    }

    private void deliver(long size) throws Exception {
        Path exports = Files.createDirectory(folder.resolve("exports"));
        Path root = Files.createDirectory(folder.resolve("root"));
        source = exports.resolve("large");
        String sha256 = write(source, size);
        References references = new References(List.of(exports), List.of("127.0.0.1"));
        String hook = "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/source";
        InstantSource clock = InstantSource.system();
        try (var payloads =
                        new ReferencedPayloads(references, http.line(), folder.resolve("spool"), size, size, PATIENCE);
                WebhookProvider webhooks = new WebhookProvider(http, new FakeSecrets(), clock, "test");
                FileProvider files = new FileProvider(new FileRoots(List.of(root)), new FakeSecrets(), clock)) {
            long before = allocated();
            deliver(payloads, source.toUri().toString(), webhooks, Kind.WEBHOOK, Map.of("url", hook));
            assertThat(received.poll(1, TimeUnit.MINUTES)).isEqualTo(sha256);
            deliver(payloads, url, files, Kind.STORAGE, Map.of("directory", "reports"));
            assertThat(allocated() - before)
                    .as("bytes allocated on the way of two payloads of %d", size)
                    .isLessThan(size / 2);
            try (InputStream delivered = Files.newInputStream(root.resolve("acme/reports/large-large.bin"))) {
                assertThat(sha256(delivered)).isEqualTo(sha256);
            }
            assertThat(payloads.spooled()).isZero();
        }
    }

    private static void deliver(
            ReferencedPayloads payloads, String uri, SinkProvider provider, Kind kind, Map<String, String> settings)
            throws Exception {
        Destination destination = Samples.destination(
                kind, provider.provider(), settings, Samples.policy(kind, Duration.ofSeconds(10), PATIENCE, PATIENCE));
        Payload payload = new Payload("export", "application/octet-stream", null, uri, "large.bin");
        AttemptReport report = Samples.onVirtualThread(() -> {
            try (Sink sink = provider.open(destination);
                    Fetched.There there = (Fetched.There) payloads.fetch(payload)) {
                Attempt attempt = Samples.attempt("large", payload, there.content(), Map.of());
                return sink.deliver(attempt);
            }
        });
        assertThat(report.outcome()).isEqualTo(new Outcome.Delivered());
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getTotalThreadAllocatedBytes();
    }

    /// Random bytes, the same block again and again.
    private static String write(Path file, long size) throws Exception {
        byte[] block = new byte[(int) MIB];
        new Random(5).nextBytes(block);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long written = 0; written < size; written += block.length) {
                out.write(block);
                digest.update(block);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String sha256(InputStream in) throws IOException {
        try (in) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] chunk = new byte[64 * 1024];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                digest.update(chunk, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
    }
}
