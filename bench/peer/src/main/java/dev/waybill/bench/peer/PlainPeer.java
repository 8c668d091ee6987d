package dev.waybill.bench.peer;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.WakeupException;

/// A plain consumer: what a poll gives is POSTed on virtual threads, and when all of it is done, committed.
final class PlainPeer implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final int TRIES = 5;
    private static final Duration RETRY_DELAY = Duration.ofSeconds(5);

    private final PeerSettings settings;
    private final Consumer<String, byte[]> consumer;
    private final Bookkeeping bookkeeping;
    private final CloseableHttpClient http;
    private final Semaphore slots;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    PlainPeer(PeerSettings settings, Consumer<String, byte[]> consumer, Bookkeeping bookkeeping) {
        this.settings = settings;
        this.consumer = consumer;
        this.bookkeeping = bookkeeping;
        this.slots = new Semaphore(settings.concurrency());
        this.http = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setMaxConnPerRoute(settings.concurrency())
                        .setMaxConnTotal(settings.concurrency())
                        .build())
                .disableAutomaticRetries()
                .disableCookieManagement()
                .build();
    }

    void start() {
        Thread.ofPlatform().name("plain").start(this::run);
    }

    private void run() {
        consumer.subscribe(List.of(settings.requests()));
        try {
            while (true) {
                List<Future<?>> running = new ArrayList<>();
                for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                    slots.acquire();
                    running.add(threads.submit(() -> deliver(record)));
                }
                for (Future<?> one : running) {
                    one.get();
                }
                consumer.commitSync();
            }
        } catch (WakeupException | InterruptedException e) {
            consumer.close();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a delivery failed", e);
        }
    }

    private void deliver(ConsumerRecord<String, byte[]> record) {
        try {
            for (int i = 0; i < TRIES && !post(record); i++) {
                Thread.sleep(RETRY_DELAY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            slots.release();
        }
    }

    private boolean post(ConsumerRecord<String, byte[]> record) {
        long start = System.nanoTime();
        HttpPost post = new HttpPost(settings.urls().get(record.key()));
        post.setHeader("webhook-id", Bookkeeping.id(record));
        post.setEntity(new ByteArrayEntity(record.value(), ContentType.APPLICATION_JSON));
        try {
            int status = http.execute(post, response -> {
                EntityUtils.consume(response.getEntity());
                return response.getCode();
            });
            if (status < 300) {
                bookkeeping.delivered(record, status, start);
            }
            return status < 300;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        consumer.wakeup();
    }
}
