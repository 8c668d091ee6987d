package dev.waybill.worker.cli;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.Destination;
import dev.waybill.avro.RuleTarget;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads a destination or a rule, from a file or from an answer, into one way of writing it: fields in their order,
/// without what goes without saying. Two that mean the same are equal.
///
/// The records' schemas say which fields there are and of what type; which values are right is the worker's to say.
///
/// @param names   of destinations by id
/// @param isKnown whether there is a destination of a name
/// @param faults  what is no such field or no such value, with its path; such values are left out
record ItemReader(Map<String, String> names, Predicate<String> isKnown, List<String> faults) {

    private static final JsonMapper JSON = new JsonMapper();

    private static final List<String> DESTINATION =
            List.of("provider", "enabled", "settings", "policy", "region", "labels");
    private static final List<String> RULE = List.of(
            "name",
            "priority",
            "active",
            "conditions",
            "selection",
            "stickyBy",
            "primary",
            "secondary",
            "fallback",
            "continues",
            "validFrom",
            "validUntil");

    /// Its schema has no default, but REST has.
    private static final String PRIORITY = "priority";

    /// What else REST does not ask for although it has no default.
    private static final Set<String> OPTIONAL = Set.of("name", PRIORITY, "settings");

    /// Whole numbers up to here are the same as a double.
    private static final double WHOLE_MAX = 1L << 53;

    ObjectNode destination(String path, ObjectNode given) {
        return object(path, given, Destination.getClassSchema(), DESTINATION);
    }

    ObjectNode rule(String path, ObjectNode given) {
        return object(path, given, DefaultDestinationRule.getClassSchema(), RULE);
    }

    private ObjectNode object(String path, ObjectNode given, Schema schema, List<String> fields) {
        given.propertyNames().stream()
                .filter(name -> !fields.contains(name))
                .forEach(name -> fault(path + "." + name, "no such field; known are " + String.join(", ", fields)));
        ObjectNode read = JSON.createObjectNode();
        for (String name : fields) {
            JsonNode value = given.path(name);
            Schema.Field field = schema.getField(name);
            boolean isGiven = !value.isMissingNode() && !value.isNull();
            if (!isGiven && !field.hasDefaultValue() && !OPTIONAL.contains(name)) {
                fault(path + "." + name, "is required");
            }
            JsonNode tidy = isGiven ? value(path + "." + name, value, field.schema()) : null;
            if (tidy != null && !goesWithoutSaying(field, tidy)) {
                read.set(name, tidy);
            }
        }
        return read;
    }

    private static boolean goesWithoutSaying(Schema.Field field, JsonNode value) {
        if (value.isContainer()) {
            return value.isEmpty();
        }
        String unsaid = field.name().equals(PRIORITY) ? "0" : String.valueOf(field.defaultVal());
        return value.asString().equals(unsaid);
    }

    private @Nullable JsonNode value(String path, JsonNode given, Schema schema) {
        return switch (schema.getType()) {
            case UNION -> value(path, given, schema.getTypes().getLast());
            case RECORD -> given.isString() && isTarget(schema) ? target(path, given) : record(path, given, schema);
            case ARRAY -> list(path, given, schema.getElementType());
            case MAP -> texts(path, given);
            case INT, LONG -> schema.getLogicalType() == null ? whole(path, given) : time(path, given);
            case DOUBLE -> number(path, given);
            case BOOLEAN -> given.isBoolean() ? given : wrong(path, "true or false");
            case STRING -> given.isString() ? given : wrong(path, "a text, in quotes if it looks like a number");
            case BYTES, ENUM, FIXED, FLOAT, NULL -> throw new IllegalStateException(path + " is " + schema);
        };
    }

    private @Nullable JsonNode record(String path, JsonNode given, Schema schema) {
        if (!(given instanceof ObjectNode object)) {
            return wrong(path, isTarget(schema) ? "the name of a destination, or destinationId and weight" : "fields");
        }
        ObjectNode read = object(
                path,
                object,
                schema,
                schema.getFields().stream().map(Schema.Field::name).toList());
        if (!isTarget(schema)) {
            return read;
        }
        if (!read.has("destinationId")) {
            return null;
        }
        read.set("destinationId", target(path, read.path("destinationId")));
        return read.has("weight") ? read : read.path("destinationId");
    }

    private static boolean isTarget(Schema schema) {
        return schema.equals(RuleTarget.getClassSchema());
    }

    /// By name.
    private JsonNode target(String path, JsonNode idOrName) {
        String given = idOrName.asString("");
        String name = names.getOrDefault(given, given);
        if (!isKnown.test(name)) {
            fault(path, "there is no destination " + name + ", neither in the file nor in the organization");
        }
        return JSON.getNodeFactory().stringNode(name);
    }

    private @Nullable JsonNode list(String path, JsonNode given, Schema elements) {
        if (!given.isArray()) {
            return wrong(path, "a list");
        }
        ArrayNode list = JSON.createArrayNode();
        for (int i = 0; i < given.size(); i++) {
            JsonNode element = value(path + "[" + i + "]", given.path(i), elements);
            if (element != null) {
                list.add(element);
            }
        }
        return list;
    }

    /// Sorted by their keys. Whole numbers and truth values are texts as they stand; 1.50 might lose a digit.
    private @Nullable JsonNode texts(String path, JsonNode given) {
        if (!given.isObject()) {
            return wrong(path, "names with texts");
        }
        ObjectNode texts = JSON.createObjectNode();
        for (Entry<String, JsonNode> entry :
                given.propertyStream().sorted(Entry.comparingByKey()).toList()) {
            JsonNode value = entry.getValue();
            if (value.isString() || value.isBoolean() || value.isIntegralNumber()) {
                texts.put(entry.getKey(), value.asString());
            } else {
                fault(path + "." + entry.getKey(), "expected a text, in quotes if it looks like a number");
            }
        }
        return texts;
    }

    private @Nullable JsonNode whole(String path, JsonNode given) {
        return given.isIntegralNumber() && given.canConvertToLong()
                ? JSON.getNodeFactory().numberNode(given.longValue())
                : wrong(path, "a whole number");
    }

    /// 0 and 0.0 are one number.
    private @Nullable JsonNode number(String path, JsonNode given) {
        double number = given.isNumber() ? given.doubleValue() : Double.NaN;
        if (!Double.isFinite(number)) {
            return wrong(path, "a number");
        }
        return number == Math.rint(number) && Math.abs(number) < WHOLE_MAX
                ? JSON.getNodeFactory().numberNode((long) number)
                : JSON.getNodeFactory().numberNode(number);
    }

    /// As the worker keeps it, to the millisecond.
    private @Nullable JsonNode time(String path, JsonNode given) {
        try {
            return JSON.getNodeFactory()
                    .stringNode(Instant.parse(given.asString(""))
                            .truncatedTo(ChronoUnit.MILLIS)
                            .toString());
        } catch (DateTimeParseException _) {
            return wrong(path, "a time such as 2026-01-31T12:00:00Z");
        }
    }

    private @Nullable JsonNode wrong(String path, String expected) {
        fault(path, "expected " + expected);
        return null;
    }

    private void fault(String path, String fault) {
        faults.add(path + ": " + fault);
    }
}
