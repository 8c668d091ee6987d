package dev.waybill.worker.ops;

import dev.waybill.schemas.Keys;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads and writes the JSON of requests and answers.
final class Json {

    /// The bytes of a document are bounded by the server; Jackson bounds its depth.
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    static final String TYPE = "application/json";
    private static final String PROBLEM_TYPE = "application/problem+json";

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    /// An object that was written here; an empty one if it is none: it comes from a topic that others can write to.
    static ObjectNode parse(String text) {
        try {
            return MAPPER.readTree(text) instanceof ObjectNode object ? object : object();
        } catch (JacksonException _) {
            return object();
        }
    }

    /// The body as an object.
    ///
    /// The content type must be JSON: a web page of another origin can then not send one without asking first.
    static ObjectNode body(Context context) {
        String type = context.contentType();
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith(TYPE)) {
            throw new ProblemException(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "send the body as " + TYPE);
        }
        try {
            if (MAPPER.readTree(context.bodyAsBytes()) instanceof ObjectNode object) {
                return object;
            }
            throw ProblemException.badRequest("the body must be a JSON object");
        } catch (JacksonException e) {
            throw ProblemException.badRequest("the body is no JSON: " + e.getOriginalMessage());
        }
    }

    static void answer(Context context, HttpStatus status, JsonNode body) {
        context.status(status).contentType(TYPE).result(MAPPER.writeValueAsBytes(body));
    }

    static void problem(Context context, HttpStatus status, String detail, List<Fault> faults) {
        ObjectNode problem = object();
        problem.put("type", "about:blank");
        problem.put("title", status.getMessage());
        problem.put("status", status.getCode());
        problem.put("detail", detail);
        problem.put("instance", context.path());
        if (!faults.isEmpty()) {
            ArrayNode errors = problem.putArray("errors");
            faults.forEach(
                    fault -> errors.addObject().put("field", fault.field()).put("message", fault.message()));
        }
        context.status(status).contentType(PROBLEM_TYPE).result(MAPPER.writeValueAsBytes(problem));
    }

    /// The organization in the query, of a path that names none.
    static String queriedOrganization(Context context) {
        String organization = context.queryParam("organization");
        if (organization == null || !Keys.isOrganizationId(organization)) {
            throw ProblemException.badRequest("name the organization: ?organization=...");
        }
        return organization;
    }

    /// The organization in the path.
    static String organization(Context context) {
        String organization = context.pathParam("organization");
        if (!Keys.isOrganizationId(organization)) {
            throw ProblemException.badRequest(
                    "an organization matches [A-Za-z0-9][A-Za-z0-9._-]{0,254}, not " + organization);
        }
        return organization;
    }
}
