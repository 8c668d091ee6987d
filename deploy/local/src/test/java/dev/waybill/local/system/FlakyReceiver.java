package dev.waybill.local.system;

import io.javalin.Javalin;
import io.javalin.http.Context;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// Receives webhooks and, while it is told to, refuses some, keeps some waiting and hides some of its answers.
final class FlakyReceiver implements AutoCloseable {

    private static final long SLOW_MILLIS = 800;

    private final Javalin server;
    private final RandomGenerator random;
    private final Map<String, List<Long>> receipts = new ConcurrentHashMap<>();
    private final AtomicLong hidden = new AtomicLong();
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
        receipts.computeIfAbsent(String.valueOf(context.header("webhook-id")), _ -> new CopyOnWriteArrayList<>())
                .add(System.currentTimeMillis());
        if (luck >= 12 && luck < 15) {
            // It has the payload, and the sender will not hear of it.
            hidden.incrementAndGet();
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
    long hidden() {
        return hidden.get();
    }

    @Override
    public void close() {
        server.stop();
    }
}
