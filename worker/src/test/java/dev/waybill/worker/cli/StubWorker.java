package dev.waybill.worker.cli;

import com.sun.net.httpserver.HttpServer;
import dev.waybill.worker.app.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/// A worker that gives one answer to everything, and remembers what it was asked.
final class StubWorker implements AutoCloseable {

    /// What a command did.
    record Run(int code, String out, String err) {}

    private final HttpServer server;
    private final BlockingQueue<String> bodies = new LinkedBlockingQueue<>();

    StubWorker(String answer) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        server.createContext("/", exchange -> {
            bodies.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + "\n"
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    /// Runs a command against it.
    Run run(String... command) {
        return runAt("http://127.0.0.1:" + server.getAddress().getPort(), command);
    }

    /// Runs a command against a worker.
    static Run runAt(String url, String... command) {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of("--url", url));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine main = Main.create();
        main.setOut(new PrintWriter(out));
        main.setErr(new PrintWriter(err));
        return new Run(Main.execute(main, arguments.toArray(String[]::new)), out.toString(), err.toString());
    }

    /// Method, path and body of the next request; null if there was none.
    @Nullable
    String asked() {
        return bodies.poll();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
