package dev.waybill.local.demo;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// Somebody else's systems: a few web servers in one, each behind a path of its own.
final class DemoReceiver implements AutoCloseable {

    /// The receiver behind `/flaky` refuses so often before it accepts.
    private static final int FAILURES = 2;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Webhook verifier;
    private final AtomicInteger verified = new AtomicInteger();
    private final Map<String, Integer> seen = new ConcurrentHashMap<>();

    /// Starts on a free port of the loopback interface.
    ///
    /// @param secret the signing secret that the receiver was given, `whsec_…`
    DemoReceiver(String secret) {
        try {
            verifier = new Webhook(secret);
        } catch (EmptyWebhookSecretException e) {
            throw new IllegalArgumentException("the signing secret is empty", e);
        }
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/crm", exchange -> answer(exchange, isSigned(exchange) ? 204 : 401));
        server.createContext("/north", exchange -> answer(exchange, 204));
        server.createContext("/south", exchange -> answer(exchange, 204));
        server.createContext("/flaky", exchange -> answer(exchange, isEnough(exchange) ? 200 : 503));
        server.createContext("/gone", exchange -> answer(exchange, 410));
        server.createContext(
                "/sendgrid",
                exchange -> answer(
                        exchange, 401, "{\"errors\":[{\"message\":\"Maximum credits exceeded\",\"field\":null}]}"));
        server.createContext("/broken", exchange -> answer(exchange, 500));
        server.start();
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    /// Requests whose signature was right.
    int verified() {
        return verified.get();
    }

    private boolean isSigned(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        try {
            verifier.verify(body, HttpHeaders.of(exchange.getRequestHeaders(), (_, _) -> true));
            verified.incrementAndGet();
            return true;
        } catch (WebhookVerificationException e) {
            return false;
        }
    }

    private boolean isEnough(HttpExchange exchange) {
        String delivery = exchange.getRequestHeaders().getFirst("webhook-id");
        return seen.merge(delivery, 1, Integer::sum) > FAILURES;
    }

    private static void answer(HttpExchange exchange, int status) throws IOException {
        answer(exchange, status, status < 300 ? "" : "status " + status);
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
