package dev.waybill.worker.sink;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Origin;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.policy.OnAmbiguous;
import dev.waybill.topology.policy.Policy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Deliveries and destinations for tests.
public final class Samples {

    public static final String ORGANIZATION = "acme";
    public static final String CONTENT_TYPE = "application/json";

    /// Long enough for a busy machine, short enough for a test that waits for it.
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private Samples() {}

    public static Bytes body(String text) {
        return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
    }

    public static Attempt attempt(String deliveryId, Bytes body) {
        return attempt(deliveryId, new Payload("audit.report", CONTENT_TYPE, body, null, null), Map.of());
    }

    public static Attempt attempt(String deliveryId, Payload payload, Map<String, String> headers) {
        Bytes body = payload.body();
        if (body == null) {
            throw new IllegalArgumentException("give the content of a payload by reference");
        }
        return attempt(deliveryId, payload, new Content.Inline(body), headers);
    }

    public static Attempt attempt(String deliveryId, Payload payload, Content content, Map<String, String> headers) {
        Request request = new Request(
                deliveryId,
                ORGANIZATION,
                payload,
                List.of(),
                null,
                List.of(),
                null,
                null,
                null,
                null,
                headers,
                null,
                null,
                Map.of(),
                Instant.EPOCH,
                null);
        Delivery delivery = new Delivery(
                request,
                Bytes.of(new byte[0]),
                new Origin("delivery.requests", 0, 0),
                Instant.EPOCH,
                payload.size(),
                null);
        return new Attempt(delivery, content, 1, Map.of());
    }

    public static Destination destination(Kind kind, String provider, Map<String, String> settings) {
        return destination(kind, provider, settings, policy(kind, TIMEOUT, TIMEOUT, TIMEOUT));
    }

    public static Destination destination(Kind kind, String provider, Map<String, String> settings, Policy policy) {
        return new Destination(
                UUID.fromString("00000000-0000-0000-0000-000000000001"),
                ORGANIZATION,
                "sample",
                kind,
                provider,
                true,
                settings,
                policy,
                null,
                Map.of(),
                1,
                Bytes.of(new byte[0]));
    }

    public static Policy policy(Kind kind, Duration connect, Duration firstByte, Duration total) {
        return policy(kind, connect, firstByte, total, Set.of(), Set.of());
    }

    public static Policy policy(
            Kind kind,
            Duration connect,
            Duration firstByte,
            Duration total,
            Set<Integer> retryable,
            Set<Integer> permanent) {
        Policy defaults = Policy.defaults(kind);
        return new Policy(
                defaults.maxAttempts(),
                defaults.schedule(),
                defaults.jitter(),
                connect,
                firstByte,
                total,
                retryable,
                permanent,
                defaults.retryAfterCap(),
                defaults.concurrency(),
                defaults.rateLimit(),
                defaults.hours(),
                defaults.breaker(),
                defaults.autoDisable(),
                OnAmbiguous.RETRY,
                defaults.maxAge());
    }

    /// Sinks run on virtual threads.
    public static <T> T onVirtualThread(Callable<T> task) throws Exception {
        FutureTask<T> future = new FutureTask<>(task);
        Thread.ofVirtual().start(future);
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }
}
