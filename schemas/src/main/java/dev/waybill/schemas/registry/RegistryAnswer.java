package dev.waybill.schemas.registry;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// What a registry said: the status and the JSON body, a missing node where the body is no JSON.
record RegistryAnswer(int status, JsonNode body) {

    private static final JsonMapper JSON = new JsonMapper();

    static RegistryAnswer parse(int status, byte[] body) {
        try {
            return new RegistryAnswer(status, JSON.readTree(body));
        } catch (JacksonException _) {
            return new RegistryAnswer(status, MissingNode.getInstance());
        }
    }

    boolean ok() {
        return status < 300;
    }

    /// Confluent's finer code, for example 40403; the status itself where there is none.
    int code() {
        return body.path("error_code").asInt(status);
    }

    String message() {
        String text = body.path("message").asString("");
        return text.isEmpty() ? "HTTP " + status : text;
    }
}
