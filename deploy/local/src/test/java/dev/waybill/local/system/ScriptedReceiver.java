package dev.waybill.local.system;

import io.javalin.Javalin;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntFunction;

/// Plays answers: each path has a script that says how the first, second, … request of a delivery is answered.
/// Remembers every request.
final class ScriptedReceiver implements AutoCloseable {

    /// How a request is answered.
    record Answer(int status, Map<String, String> headers) {

        static Answer of(int status) {
            return new Answer(status, Map.of());
        }
    }

    /// A request that came.
    ///
    /// @param headers by their names in lower case
    /// @param at      when it had been read
    record Request(Map<String, String> headers, String body, Instant at) {

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    private final Map<String, List<Request>> requests = new ConcurrentHashMap<>();
    private final Map<String, IntFunction<Answer>> scripts = new ConcurrentHashMap<>();
    private final Javalin server;

    ScriptedReceiver() {
        server = Javalin.create(config -> {
            config.concurrency.useVirtualThreads = true;
            config.startup.showJavalinBanner = false;
            config.routes.post("/{script}", this::play);
        });
        server.start("127.0.0.1", 0);
    }

    /// Says how a path answers.
    ///
    /// @param script takes the number of the request of its delivery, from 1
    /// @return the URL
    String plays(String name, IntFunction<Answer> script) {
        scripts.put(name, script);
        return "http://127.0.0.1:" + server.port() + "/" + name;
    }

    /// What came of a delivery, in the order of its coming.
    List<Request> requests(String deliveryId) {
        return requests.getOrDefault(deliveryId, List.of());
    }

    private void play(Context context) {
        Map<String, String> headers = new ConcurrentHashMap<>();
        context.headerMap().forEach((name, value) -> headers.put(name.toLowerCase(java.util.Locale.ROOT), value));
        Request request = new Request(headers, context.body(), Instant.now());
        List<Request> ofDelivery =
                requests.computeIfAbsent(request.header("webhook-id"), _ -> new CopyOnWriteArrayList<>());
        ofDelivery.add(request);
        Answer answer = scripts.getOrDefault(context.pathParam("script"), _ -> Answer.of(404))
                .apply(ofDelivery.size());
        answer.headers().forEach(context::header);
        context.status(answer.status());
    }

    @Override
    public void close() {
        server.stop();
    }
}
