package dev.waybill.local.embedded.registry;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One request, taken apart.
///
/// @param path decoded segments; a subject may contain a slash
record RegistryCall(String method, List<String> path, String query, String body) {

    /// Many times the largest schema anybody registers; keeps a stray upload out of memory.
    static final int BODY_MAX_BYTES = 1 << 20;

    private static final JsonMapper JSON = new JsonMapper();

    static RegistryCall read(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(BODY_MAX_BYTES + 1);
        if (body.length > BODY_MAX_BYTES) {
            throw RegistryProblem.tooLarge();
        }
        var uri = exchange.getRequestURI();
        List<String> path = Arrays.stream(uri.getRawPath().split("/", -1))
                .filter(segment -> !segment.isEmpty())
                .map(segment -> URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8))
                .toList();
        String query = uri.getRawQuery();
        return new RegistryCall(
                exchange.getRequestMethod(),
                path,
                query == null ? "" : query,
                new String(body, StandardCharsets.UTF_8));
    }

    boolean flag(String name) {
        return Arrays.asList(query.split("&", -1)).contains(name + "=true");
    }

    /// A segment of the path, or the empty string behind its end.
    String segment(int index) {
        return index < path.size() ? path.get(index) : "";
    }

    String text(String field) {
        JsonNode value = json().path(field);
        if (!value.isString()) {
            throw RegistryProblem.badRequest("The request's JSON has no text '" + field + "'");
        }
        return value.stringValue();
    }

    /// The Avro schema in the body.
    String schema() {
        String type = json().path("schemaType").asString("AVRO");
        if (!type.equals("AVRO")) {
            throw RegistryProblem.invalidSchema("of type " + type + "; only AVRO is supported");
        }
        return text("schema");
    }

    private JsonNode json() {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            throw RegistryProblem.badRequest("The request is not JSON: " + e.getOriginalMessage());
        }
    }
}
