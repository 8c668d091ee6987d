package dev.waybill.worker.ops;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The fields of a JSON object, with every fault remembered under its path.
final class Fields {

    private final ObjectNode object;
    private final String path;
    private final List<Fault> faults;

    private Fields(ObjectNode object, String path, List<Fault> faults) {
        this.object = object;
        this.path = path;
        this.faults = faults;
    }

    /// @param known names that may occur; any other is a fault
    static Fields of(ObjectNode object, Set<String> known) {
        return new Fields(object, "", new ArrayList<>()).refuseUnknown(known);
    }

    private Fields refuseUnknown(Set<String> known) {
        for (String name : object.propertyNames()) {
            if (!known.contains(name)) {
                fault(
                        name,
                        "no such field; known are "
                                + String.join(", ", known.stream().sorted().toList()));
            }
        }
        return this;
    }

    void fault(String field, String message) {
        faults.add(new Fault(path + field, message));
    }

    List<Fault> faults() {
        return faults;
    }

    void throwIfFaulty() {
        if (!faults.isEmpty()) {
            throw ProblemException.invalid(faults);
        }
    }

    boolean has(String name) {
        return object.hasNonNull(name);
    }

    @Nullable
    String text(String name, int max) {
        JsonNode node = object.get(name);
        if (node == null || node.isNull()) {
            return null;
        }
        if (!node.isString()) {
            fault(name, "expected a text");
            return null;
        }
        if (node.stringValue().length() > max) {
            fault(name, "at most " + max + " characters");
        }
        return node.stringValue();
    }

    String requiredText(String name, int max) {
        String text = text(name, max);
        if (text == null || text.isBlank()) {
            if (text != null || !has(name)) {
                fault(name, "is required");
            }
            return "";
        }
        return text;
    }

    boolean flag(String name, boolean otherwise) {
        JsonNode node = object.get(name);
        if (node == null || node.isNull()) {
            return otherwise;
        }
        if (!node.isBoolean()) {
            fault(name, "expected true or false");
            return otherwise;
        }
        return node.booleanValue();
    }

    @Nullable
    Long whole(String name, long min, long max) {
        JsonNode node = object.get(name);
        if (node == null || node.isNull()) {
            return null;
        }
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < min || node.longValue() > max) {
            fault(name, "expected a whole number from " + min + " to " + max);
            return null;
        }
        return node.longValue();
    }

    @Nullable
    Integer integer(String name, int min, int max) {
        Long value = whole(name, min, max);
        return value == null ? null : value.intValue();
    }

    @Nullable
    Double number(String name, double min, double max) {
        JsonNode node = object.get(name);
        if (node == null || node.isNull()) {
            return null;
        }
        if (!node.isNumber() || node.doubleValue() < min || node.doubleValue() > max) {
            fault(name, "expected a number from " + min + " to " + max);
            return null;
        }
        return node.doubleValue();
    }

    @Nullable
    Instant time(String name) {
        String text = text(name, 64);
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException _) {
            fault(name, "expected a time such as 2026-01-31T12:00:00Z");
            return null;
        }
    }

    /// A list of texts; empty when absent.
    List<String> texts(String name, int max) {
        List<String> texts = new ArrayList<>();
        JsonNode node = object.get(name);
        if (node == null || node.isNull()) {
            return texts;
        }
        if (!node.isArray() || node.size() > max) {
            fault(name, "expected a list of at most " + max + " texts");
            return texts;
        }
        for (int i = 0; i < node.size(); i++) {
            if (node.get(i).isString()) {
                texts.add(node.get(i).stringValue());
            } else {
                fault(name + "[" + i + "]", "expected a text");
            }
        }
        return texts;
    }

    /// A list of objects within; what else is in it is a fault, and null in its place. Empty when absent.
    ///
    /// @param shorthand name of the field that a text in an object's place stands for; null allows none
    List<@Nullable Fields> objects(String name, int max, Set<String> known, @Nullable String shorthand) {
        List<@Nullable Fields> objects = new ArrayList<>();
        JsonNode node = object.get(name);
        if (node == null || node.isNull()) {
            return objects;
        }
        if (!node.isArray() || node.size() > max) {
            fault(name, "expected a list of at most " + max);
            return objects;
        }
        for (int i = 0; i < node.size(); i++) {
            String place = name + "[" + i + "]";
            if (node.get(i) instanceof ObjectNode inner) {
                objects.add(new Fields(inner, path + place + ".", faults).refuseUnknown(known));
            } else if (shorthand != null && node.get(i).isString()) {
                ObjectNode inner = Json.object();
                inner.set(shorthand, node.get(i));
                objects.add(new Fields(inner, path + place + ".", faults));
            } else {
                fault(place, "expected an object" + (shorthand == null ? "" : ", or a text"));
                objects.add(null);
            }
        }
        return objects;
    }

    /// A text, or a list of texts; empty when absent.
    List<String> textOrTexts(String name, int max) {
        if (object.path(name).isString()) {
            return List.of(object.path(name).stringValue());
        }
        return texts(name, max);
    }

    /// A list of whole numbers; null when absent.
    @Nullable
    List<Long> wholes(String name, long min, long max, int size) {
        JsonNode node = object.get(name);
        if (node == null || node.isNull()) {
            return null;
        }
        if (!node.isArray() || node.isEmpty() || node.size() > size) {
            fault(name, "expected a list of 1 to " + size + " numbers");
            return null;
        }
        List<Long> values = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            JsonNode element = node.get(i);
            if (element.isIntegralNumber()
                    && element.canConvertToLong()
                    && element.longValue() >= min
                    && element.longValue() <= max) {
                values.add(element.longValue());
            } else {
                fault(name + "[" + i + "]", "expected a whole number from " + min + " to " + max);
            }
        }
        return values;
    }

    /// A map of texts; numbers and truth values become texts. Empty when absent.
    Map<String, String> map(String name) {
        Map<String, String> map = new LinkedHashMap<>();
        JsonNode node = object.get(name);
        if (node == null || node.isNull()) {
            return map;
        }
        if (!(node instanceof ObjectNode entries)) {
            fault(name, "expected an object");
            return map;
        }
        for (Map.Entry<String, JsonNode> entry : entries.properties()) {
            JsonNode value = entry.getValue();
            if (value.isValueNode() && !value.isNull()) {
                map.put(entry.getKey(), value.asString());
            } else {
                fault(name + "." + entry.getKey(), "expected a text");
            }
        }
        return map;
    }

    /// An object within; null when absent.
    @Nullable
    Fields object(String name, Set<String> known) {
        JsonNode node = object.get(name);
        if (node == null || node.isNull()) {
            return null;
        }
        if (!(node instanceof ObjectNode inner)) {
            fault(name, "expected an object");
            return null;
        }
        return new Fields(inner, path + name + ".", faults).refuseUnknown(known);
    }
}
