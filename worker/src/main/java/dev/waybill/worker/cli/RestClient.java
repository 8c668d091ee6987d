package dev.waybill.worker.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks a worker's REST interface, and turns problems into messages.
public final class RestClient implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration CONNECT = Duration.ofSeconds(5);

    /// A worker's own bound of a request is 60 s by default.
    private static final Duration ANSWER = Duration.ofSeconds(90);

    private static final String USER = System.getProperty("user.name", "");

    private final String url;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();

    public RestClient(String url) {
        this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    /// What the worker answers.
    public record Answer(int status, JsonNode body) {

        private static final int FIRST_PROBLEM = 400;

        public boolean isProblem() {
            return status >= FIRST_PROBLEM;
        }
    }

    public Answer get(String path) {
        return exchange("GET", path, null);
    }

    /// Puts something.
    ///
    /// @param headers names and values in turn
    public Answer put(String path, JsonNode body, String... headers) {
        return exchange("PUT", path, body, headers);
    }

    /// Puts something that may be refused: the answer may be a problem.
    ///
    /// @param headers names and values in turn
    public Answer offer(String path, JsonNode body, String... headers) {
        return send("PUT", path, body, headers);
    }

    public Answer post(String path, @Nullable JsonNode body) {
        return exchange("POST", path, body);
    }

    /// Deletes something.
    ///
    /// @param headers names and values in turn
    public Answer delete(String path, String... headers) {
        return exchange("DELETE", path, null, headers);
    }

    /// A part of a path.
    public static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private Answer exchange(String method, String path, @Nullable JsonNode body, String... headers) {
        Answer answer = send(method, path, body, headers);
        if (answer.isProblem()) {
            throw new CommandException(Exit.FAILED, problem(answer.status(), answer.body()));
        }
        return answer;
    }

    private Answer send(String method, String path, @Nullable JsonNode body, String... headers) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                    .timeout(ANSWER)
                    .header("Accept", "application/json, application/problem+json")
                    .header("Waybill-User", USER);
            if (headers.length > 0) {
                request.headers(headers);
            }
            if (body == null) {
                request.method(method, BodyPublishers.noBody());
            } else {
                request.header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
            }
            HttpResponse<byte[]> response = http.send(request.build(), BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), read(response.body()));
        } catch (IllegalArgumentException e) {
            throw new CommandException(Exit.USAGE, "--url: " + e.getMessage());
        } catch (IOException e) {
            throw new CommandException(
                    Exit.MISSING,
                    "no worker answers at " + url + " (" + e.getClass().getSimpleName()
                            + "); start one with `waybill local`, or name another with --url or WAYBILL_URL");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(Exit.FAILED, "interrupted");
        }
    }

    private static JsonNode read(byte[] body) {
        try {
            return body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
        } catch (JacksonException _) {
            return JSON.createObjectNode();
        }
    }

    private static String problem(int status, JsonNode body) {
        StringBuilder text =
                new StringBuilder(body.path("detail").asString("the worker answers with status " + status));
        body.path("errors")
                .forEach(error -> text.append("\n  ")
                        .append(error.path("field").asString())
                        .append(": ")
                        .append(error.path("message").asString()));
        return text.toString();
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
