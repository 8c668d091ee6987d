package dev.waybill.local.system;

import io.javalin.Javalin;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// Receives webhooks and remembers when each delivery came. Under `/hang` it takes the request and never answers.
///
/// Jetty, because the JDK's own server closes connections in the middle of a burst once 200 are idle.
final class RecordingReceiver implements AutoCloseable {

    private static final Duration HANG = Duration.ofHours(1);

    /// What came with the last receipt of a delivery.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Received(String contentType, byte[] body) {}

    private final Javalin server;
    private final Map<String, Received> bodies = new ConcurrentHashMap<>();
    private final Map<String, List<Long>> receipts = new ConcurrentHashMap<>();

    RecordingReceiver() {
        server = Javalin.create(config -> {
            config.concurrency.useVirtualThreads = true;
            config.startup.showJavalinBanner = false;
            config.http.maxRequestSize = 2 << 20;
            config.routes.post("/ok", context -> {
                bodies.put(
                        String.valueOf(context.header("webhook-id")),
                        new Received(String.valueOf(context.contentType()), context.bodyAsBytes()));
                receipts.computeIfAbsent(
                                String.valueOf(context.header("webhook-id")), _ -> new CopyOnWriteArrayList<>())
                        .add(System.currentTimeMillis());
                context.status(204);
            });
            config.routes.post("/hang", _ -> Thread.sleep(HANG));
        });
        server.start("127.0.0.1", 0);
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.port() + path;
    }

    /// Epoch milliseconds of each receipt, by delivery id.
    Map<String, List<Long>> receipts() {
        return receipts;
    }

    Received received(String deliveryId) {
        return Objects.requireNonNull(bodies.get(deliveryId), deliveryId);
    }

    /// Epoch milliseconds of the first receipt of a delivery.
    long firstReceipt(String deliveryId) {
        return receipts.getOrDefault(deliveryId, List.of()).getFirst();
    }

    @Override
    public void close() {
        server.stop();
    }
}
