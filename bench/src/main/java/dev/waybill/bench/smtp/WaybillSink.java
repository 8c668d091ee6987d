package dev.waybill.bench.smtp;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Origin;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Policy;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.SecretNotAllowedException;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpLimits;
import dev.waybill.worker.sink.oauth.AccessTokens;
import dev.waybill.worker.sink.smtp.SmtpClient;
import dev.waybill.worker.sink.smtp.SmtpLimits;
import dev.waybill.worker.sink.smtp.SmtpProvider;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/// The provider smtp by itself, on virtual threads as in the worker: no Kafka, no decisions, no records.
public final class WaybillSink implements MailContender {

    private final Dialer dialer = new Dialer(new EgressGuard(List.of("127.0.0.1"), NameResolver.system()));
    private final HttpClient http = new HttpClient(dialer, HttpLimits.DEFAULT);
    private final SmtpClient client = new SmtpClient(dialer, SmtpLimits.DEFAULT);
    private final Destination destination;
    private final Sink sink;
    private final int connections;
    private final Bytes body;

    public WaybillSink(int port, int connections, String text) {
        this.connections = connections;
        this.body = Bytes.of(text.getBytes(StandardCharsets.UTF_8));
        this.destination = new Destination(
                new UUID(0, 1),
                "bench",
                "mail",
                Kind.EMAIL,
                "smtp",
                true,
                Map.of(
                        "host",
                        "127.0.0.1",
                        "port",
                        Integer.toString(port),
                        "security",
                        "none",
                        "from",
                        "us@example.com",
                        "to",
                        "you@example.com"),
                Policy.defaults(Kind.EMAIL),
                null,
                Map.of(),
                1,
                Bytes.of(new byte[0]));
        this.sink = new SmtpProvider(
                        client,
                        http,
                        new AccessTokens(InstantSource.system(), "bench"),
                        new NoSecrets(),
                        InstantSource.system())
                .open(destination);
    }

    @Override
    public String name() {
        return "Waybill's sink";
    }

    @Override
    public void send(int messages) throws InterruptedException {
        Semaphore slots = new Semaphore(connections);
        AtomicInteger failed = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < messages; i++) {
                slots.acquire();
                int number = i;
                threads.execute(() -> {
                    if (!isDelivered(number)) {
                        failed.incrementAndGet();
                    }
                    slots.release();
                });
            }
        }
        if (failed.get() > 0) {
            throw new IllegalStateException(failed.get() + " messages were not delivered");
        }
    }

    private boolean isDelivered(int number) {
        try {
            Attempt attempt = new Attempt(delivery(number), new Content.Inline(body), 1, Map.of());
            return sink.deliver(attempt).outcome() instanceof Outcome.Delivered;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Delivery delivery(int number) {
        Instant now = Instant.now();
        Request request = new Request(
                "d-" + number,
                destination.organizationId(),
                new Payload("bench.event", "text/plain", body, null, null),
                List.of(destination.id().toString()),
                null,
                List.of(),
                null,
                null,
                null,
                null,
                Map.of(),
                null,
                null,
                Map.of(),
                now,
                null);
        return new Delivery(request, body, new Origin("none", 0, number), now, body.size(), null);
    }

    @Override
    public void close() {
        sink.close();
        client.close();
        http.close();
        dialer.close();
    }

    /// A server that wants no credentials.
    private static final class NoSecrets implements Secrets {

        @Override
        public String resolve(String organizationId, String reference) {
            throw new SecretNotAllowedException("the benchmark has no secrets");
        }

        @Override
        public void check(String organizationId, String reference) {
            throw new SecretNotAllowedException("the benchmark has no secrets");
        }
    }
}
