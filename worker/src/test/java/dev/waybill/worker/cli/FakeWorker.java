package dev.waybill.worker.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Keeps the destinations and rules of one organization as a worker does: in versions, and changed only by who knows
/// the last one. Remembers every change that it was asked for.
final class FakeWorker implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String PREFIX = "/v1/organizations/acme/";

    private final HttpServer server;
    private final Map<String, ObjectNode> items = new ConcurrentSkipListMap<>();
    private final Map<String, String> refusals = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile @Nullable String changedBySomebodyElse;
    private volatile boolean isGone;

    FakeWorker() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        server.createContext("/", exchange -> {
            String item = exchange.getRequestURI().getPath().substring(PREFIX.length());
            if (exchange.getRequestMethod().equals("GET")) {
                list(exchange, item);
            } else {
                change(exchange, item);
            }
        });
        server.start();
    }

    StubWorker.Run run(String... command) {
        return StubWorker.runAt("http://127.0.0.1:" + server.getAddress().getPort(), command);
    }

    /// Refuses what is asked of an item, such as `rules/night`, from now on.
    void refuses(String item, String field) {
        refusals.put(item, field);
    }

    /// Somebody changes an item as soon as the rules were listed.
    void isChangedAfterTheLook(String item) {
        changedBySomebodyElse = item;
    }

    /// It hangs up on who wants to change something.
    void isGone() {
        isGone = true;
    }

    /// Method, item and condition of the changes asked for since the last call.
    List<String> asked() {
        List<String> all = List.copyOf(asked);
        asked.clear();
        return all;
    }

    private void list(HttpExchange exchange, String section) throws IOException {
        ObjectNode body = JSON.createObjectNode();
        body.putArray(section)
                .addAll(items.entrySet().stream()
                        .filter(item -> item.getKey().startsWith(section + "/"))
                        .map(Map.Entry::getValue)
                        .toList());
        answer(exchange, 200, body);
        String changed = changedBySomebodyElse;
        if (changed != null && section.equals("rules")) {
            Objects.requireNonNull(items.get(changed)).put("version", 99);
        }
    }

    private void change(HttpExchange exchange, String item) throws IOException {
        String method = exchange.getRequestMethod();
        String match = exchange.getRequestHeaders().getFirst("If-Match");
        String noneMatch = exchange.getRequestHeaders().getFirst("If-None-Match");
        asked.add(method + " " + item + " " + (match == null ? "none " + noneMatch : match));
        if (isGone) {
            exchange.close();
            return;
        }
        ObjectNode before = items.get(item);
        long version = before == null ? 0 : before.path("version").asLong();
        String field = refusals.get(item);
        if (field != null) {
            ObjectNode problem = problem("one field is wrong");
            problem.putArray("errors").addObject().put("field", field).put("message", "is not to be");
            answer(exchange, 422, problem);
        } else if (!(before == null ? "*".equals(noneMatch) : ("\"" + version + "\"").equals(match))) {
            answer(exchange, 412, problem("it is version " + version + " now"));
        } else if (method.equals("DELETE")) {
            items.remove(item);
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        } else {
            ObjectNode stored = JSON.readTree(exchange.getRequestBody()).asObject();
            String id = item.substring(item.indexOf('/') + 1);
            stored.put("version", version + 1)
                    .put(item.startsWith("rules/") ? "ruleId" : "name", id)
                    .put("destinationId", id);
            items.put(item, stored);
            answer(exchange, 200, stored);
        }
    }

    private static ObjectNode problem(String detail) {
        return JSON.createObjectNode().put("detail", detail);
    }

    private static void answer(HttpExchange exchange, int status, ObjectNode body) throws IOException {
        byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
