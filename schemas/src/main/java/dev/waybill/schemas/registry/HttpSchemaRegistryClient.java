package dev.waybill.schemas.registry;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Confluent's registry REST, without a cache; [CachingSchemaRegistryClient] puts one in front.
///
/// A "not found" is only believed when it carries the registry's own error code: a wrong path or a proxy's 404 must not
/// turn good records into poison.
public final class HttpSchemaRegistryClient implements SchemaRegistryClient {

    static final int SUBJECT_NOT_FOUND = 40401;
    static final int VERSION_NOT_FOUND = 40402;
    static final int SCHEMA_NOT_FOUND = 40403;

    private final RegistryTransport transport;

    public HttpSchemaRegistryClient(RegistrySettings settings) {
        this.transport = new RegistryTransport(settings);
    }

    @Override
    public int register(String subject, Schema schema) {
        RegistryAnswer answer = transport.exchange("/subjects/" + encode(subject) + "/versions", question(schema));
        if (answer.ok()) {
            return id(answer);
        }
        throw switch (answer.status()) {
            case 409 -> new IncompatibleSchemaException(subject, answer.message());
            case 422 -> new InvalidSchemaException(subject, answer.message());
            default -> unexpected(answer);
        };
    }

    @Override
    public Optional<Integer> lookUp(String subject, Schema schema) {
        RegistryAnswer answer = transport.exchange("/subjects/" + encode(subject), question(schema));
        return found(answer) ? Optional.of(id(answer)) : Optional.empty();
    }

    @Override
    public Optional<RegisteredSchema> latest(String subject) {
        RegistryAnswer answer = transport.exchange("/subjects/" + encode(subject) + "/versions/latest", null);
        if (!found(answer)) {
            return Optional.empty();
        }
        int id = id(answer);
        return Optional.of(
                new RegisteredSchema(id, answer.body().path("version").asInt(0), schema(id, answer.body())));
    }

    @Override
    public Schema schemaById(int id) {
        RegistryAnswer answer = transport.exchange("/schemas/ids/" + id, null);
        if (answer.ok()) {
            return schema(id, answer.body());
        }
        throw answer.code() == SCHEMA_NOT_FOUND
                ? new UnknownSchemaException(id, "the registry has none: " + answer.message(), null)
                : unexpected(answer);
    }

    @Override
    public void close() {
        transport.close();
    }

    private static boolean found(RegistryAnswer answer) {
        if (answer.ok()) {
            return true;
        }
        return switch (answer.code()) {
            case SUBJECT_NOT_FOUND, VERSION_NOT_FOUND, SCHEMA_NOT_FOUND -> false;
            default -> throw unexpected(answer);
        };
    }

    private static int id(RegistryAnswer answer) {
        JsonNode id = answer.body().path("id");
        if (!id.isInt()) {
            throw unexpected(answer);
        }
        return id.intValue();
    }

    private static Schema schema(int id, JsonNode body) {
        String type = body.path("schemaType").asString("AVRO");
        if (!type.equals("AVRO")) {
            throw new UnknownSchemaException(id, "is of type " + type + ", only AVRO can be read", null);
        }
        if (!body.path("schema").isString()) {
            throw new RegistryUnavailableException("The schema registry answers without a schema: " + body, null);
        }
        try {
            return new Schema.Parser(NameValidator.NO_VALIDATION)
                    .setValidateDefaults(false)
                    .parse(body.path("schema").stringValue());
        } catch (AvroRuntimeException e) {
            throw new UnknownSchemaException(id, "is not a schema Avro understands: " + e.getMessage(), e);
        }
    }

    private static RegistryUnavailableException unexpected(RegistryAnswer answer) {
        return new RegistryUnavailableException(
                "Unexpected answer of the schema registry (HTTP %d: %s); does %s point to its root?"
                        .formatted(answer.status(), answer.message(), RegistrySettings.URL),
                null);
    }

    private static String question(Schema schema) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("schema", schema.toString())
                .toString();
    }

    private static String encode(String subject) {
        return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
