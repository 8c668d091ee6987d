package dev.waybill.local.embedded.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.waybill.local.embedded.LoopbackPorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/// A schema registry on loopback that speaks Confluent's API for Avro and keeps its state on the broker's topic
/// `_schemas`. It can be stopped and started again on the same port.
public final class EmbeddedRegistry implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRegistry.class);
    private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final JsonMapper JSON = new JsonMapper();

    /// What one run holds.
    private record Running(SchemasTopic topic, HttpServer server, ExecutorService threads) {
        void stop() {
            server.stop(0);
            threads.shutdownNow();
            topic.close();
        }
    }

    private final String bootstrapServers;
    private final int port;
    private @Nullable Running running;

    private EmbeddedRegistry(String bootstrapServers, int port) {
        this.bootstrapServers = bootstrapServers;
        this.port = LoopbackPorts.choose(port);
    }

    /// Returns when it has read its topic and answers.
    ///
    /// @param port 0 for any free one
    public static EmbeddedRegistry start(String bootstrapServers, int port) {
        var registry = new EmbeddedRegistry(bootstrapServers, port);
        registry.start();
        return registry;
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public synchronized void start() {
        if (running != null) {
            return;
        }
        var topic = new SchemasTopic(bootstrapServers);
        try {
            var api = new RegistryApi(new Registry(topic));
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
            server.setExecutor(threads);
            server.createContext("/", exchange -> handle(exchange, api));
            server.start();
            running = new Running(topic, server, threads);
        } catch (IOException | RuntimeException e) {
            topic.close();
            throw new IllegalStateException("The registry does not start on " + url() + ": " + e.getMessage(), e);
        }
    }

    public synchronized void stop() {
        if (running != null) {
            running.stop();
            running = null;
        }
    }

    @Override
    public void close() {
        stop();
    }

    private static void handle(HttpExchange exchange, RegistryApi api) throws IOException {
        try (exchange) {
            try {
                send(exchange, 200, api.answer(RegistryCall.read(exchange)));
            } catch (RegistryProblem problem) {
                send(exchange, problem.status(), problem(problem.code(), problem.getMessage()));
            } catch (RuntimeException e) {
                LOG.error("The registry failed on {} {}", exchange.getRequestMethod(), exchange.getRequestURI(), e);
                send(exchange, 500, problem(500, e.toString()));
            }
        }
    }

    private static Map<String, Object> problem(int code, @Nullable String message) {
        return Map.of("error_code", code, "message", String.valueOf(message));
    }

    private static void send(HttpExchange exchange, int status, Object answer) throws IOException {
        String json = answer instanceof RawJson(String text) ? text : JSON.writeValueAsString(answer);
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", CONTENT_TYPE);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
