package dev.waybill.worker.ops;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// Answers a scrape by Prometheus.
public record Metrics(Source source) {

    private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    /// Writes all metrics as text.
    @FunctionalInterface
    public interface Source {
        void write(OutputStream out) throws IOException;
    }

    public void register(RoutesConfig routes) {
        routes.get("/metrics", this::scrape);
    }

    private void scrape(Context context) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        source.write(bytes);
        context.contentType(TYPE).result(bytes.toByteArray());
    }
}
