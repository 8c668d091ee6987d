package dev.waybill.local.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/// Puts the demo's destinations and rules through the worker's REST, as anybody would.
final class DemoSetup implements AutoCloseable {

    static final String ORGANIZATION = "acme";

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final URI api;
    private final Map<String, String> ids = new HashMap<>();

    DemoSetup(URI api) {
        this.api = api;
    }

    /// Everything that the scenarios need.
    ///
    /// @param deadUrl an address where nobody listens
    /// @param archive directory of the file destination
    void run(DemoReceiver receiver, String deadUrl, Path archive, String secretReference) {
        webhook("crm", receiver.url("/crm"), Map.of("signing.secret", secretReference), quickRetries(3), true);
        webhook("flaky", receiver.url("/flaky"), Map.of(), quickRetries(5), true);
        webhook("gone", receiver.url("/gone"), Map.of(), quickRetries(5), true);
        webhook("broken", receiver.url("/broken"), Map.of(), quickRetries(2), true);
        webhook("dead", deadUrl, Map.of(), quickRetries(2), true);
        webhook("retired", receiver.url("/crm"), Map.of(), quickRetries(2), false);
        destination(
                "mail",
                "email",
                "sendgrid",
                Map.of(
                        "base.url",
                        receiver.url("/sendgrid"),
                        "api.key",
                        secretReference,
                        "from",
                        "Reports <reports@example.com>",
                        "to",
                        "office@example.com"),
                Map.of(),
                true);
        destination("archive", "storage", "file", Map.of("directory", archive.toString()), Map.of(), true);
        webhook("north", receiver.url("/north"), Map.of(), quickRetries(2), true);
        webhook("south", receiver.url("/south"), Map.of(), quickRetries(2), true);
        put(
                "rules/orders",
                Map.of(
                        "priority", 30,
                        "conditions", Map.of("payloadTypes", List.of("order.*")),
                        "selection", "weighted",
                        "primary",
                                List.of(
                                        Map.of("destinationId", id("north"), "weight", 2),
                                        Map.of("destinationId", id("south"), "weight", 1)),
                        "fallback", targets(List.of("archive"))));
        rule("audit", 20, List.of("audit.*"), List.of("crm"), List.of(), List.of());
        rule("reports", 10, List.of("report.*"), List.of("dead"), List.of("mail"), List.of("archive"));
    }

    /// The id that a destination was given.
    String id(String name) {
        return ids.getOrDefault(name, name);
    }

    private static Map<String, Object> quickRetries(int maxAttempts) {
        return Map.of("maxAttempts", maxAttempts, "delaysMs", List.of(1_000), "jitter", 0);
    }

    private void webhook(
            String name, String url, Map<String, String> more, Map<String, Object> policy, boolean enabled) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("url", url);
        destination(name, "webhook", "webhook", settings, policy, enabled);
    }

    private void destination(
            String name,
            String kind,
            String provider,
            Map<String, String> settings,
            Map<String, Object> policy,
            boolean enabled) {
        // By an id that is the same in every demo: load balancing draws from it.
        JsonNode stored = put(
                "destinations/" + UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)),
                Map.of(
                        "name", name,
                        "kind", kind,
                        "provider", provider,
                        "settings", settings,
                        "policy", policy,
                        "enabled", enabled));
        ids.put(name, stored.required("destinationId").asString());
    }

    private void rule(
            String id,
            int priority,
            List<String> types,
            List<String> primary,
            List<String> secondary,
            List<String> fallback) {
        put(
                "rules/" + id,
                Map.of(
                        "name", id,
                        "priority", priority,
                        "conditions", Map.of("payloadTypes", types),
                        "primary", targets(primary),
                        "secondary", targets(secondary),
                        "fallback", targets(fallback)));
    }

    private List<Map<String, String>> targets(List<String> names) {
        return names.stream().map(name -> Map.of("destinationId", id(name))).toList();
    }

    private JsonNode put(String path, Object body) {
        HttpRequest request = HttpRequest.newBuilder(api.resolve("/v1/organizations/" + ORGANIZATION + "/" + path))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new IllegalStateException(
                        "PUT " + path + " was answered " + response.statusCode() + ": " + response.body());
            }
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new IllegalStateException("PUT " + path + " failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
