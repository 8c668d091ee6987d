package dev.waybill.local.system;

import io.javalin.Javalin;
import io.javalin.http.Context;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;

/// Receives webhooks and, while it is told to, refuses some, keeps some waiting and hides some of its answers.
final class FlakyReceiver implements AutoCloseable {

    private static final long SLOW_MILLIS = 800;

    private final Javalin server;
    private final RandomGenerator random;
    private final Map<String, List<Long>> receipts = new ConcurrentHashMap<>();
    private final Map<String, Integer> hidden = new ConcurrentHashMap<>();
    private volatile boolean flaky;

    FlakyReceiver(RandomGenerator random) {
        this.random = random;
        server = Javalin.create(config -> {
            config.concurrency.useVirtualThreads = true;
            config.startup.showJavalinBanner = false;
            config.routes.post("/hook", this::receive);
        });
        server.start("127.0.0.1", 0);
    }

    private void receive(Context context) throws InterruptedException {
        int luck = flaky ? pick() : 100;
        if (luck < 8) {
            context.status(503);
            return;
        }
        if (luck < 12) {
            Thread.sleep(SLOW_MILLIS);
        }
        String id = String.valueOf(context.header("webhook-id"));
        receipts.computeIfAbsent(id, _ -> new CopyOnWriteArrayList<>()).add(System.currentTimeMillis());
        if (luck >= 12 && luck < 15) {
            // It has the payload, and the sender will not hear of it.
            hidden.merge(id, 1, Integer::sum);
            context.status(500);
            return;
        }
        context.status(204);
    }

    private synchronized int pick() {
        return random.nextInt(100);
    }

    void flaky(boolean now) {
        flaky = now;
    }

    String url() {
        return "http://127.0.0.1:" + server.port() + "/hook";
    }

    Map<String, List<Long>> receipts() {
        return receipts;
    }

    /// Payloads it took and said it had not.
    int hidden() {
        return hidden.values().stream().mapToInt(Integer::intValue).sum();
    }

    /// The same by delivery.
    Map<String, Integer> hiddenOf() {
        return hidden;
    }

    @Override
    public void close() {
        server.stop();
    }
}
