package dev.waybill.worker.cli;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Map.Entry;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;
import tools.jackson.dataformat.yaml.util.StringQuotingChecker;

/// An organization's destinations, by name, and rules, by id, as a file: each as REST takes it, without what goes
/// without
/// saying. Two files that mean the same are equal, however they are written.
///
/// @param destinations in the order of their names
/// @param rules        in the order of their evaluation
record OrganizationFile(SequencedMap<String, ObjectNode> destinations, SequencedMap<String, ObjectNode> rules) {

    private static final JsonMapper JSON = new JsonMapper();

    /// Whatever YAML reader reads it sees a text in a text: not a number of base 60 in 22:30, nor a truth value in no.
    private static final YAMLMapper YAML = YAMLMapper.builder(YAMLFactory.builder()
                    .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
                    .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
                    .enable(YAMLWriteFeature.INDENT_ARRAYS_WITH_INDICATOR)
                    .stringQuotingChecker(new PlainWords())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

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
    private static final Set<String> TIERS = Set.of("primary", "secondary", "fallback");

    /// Maps whose values are texts, however they are written.
    private static final Set<String> TEXTS = Set.of("settings", "labels", "metadata");

    /// What a field says if it is not there.
    private static final Map<String, JsonNode> DEFAULTS = Map.of(
            "enabled", JSON.valueToTree(true),
            "active", JSON.valueToTree(true),
            "priority", JSON.valueToTree(0),
            "selection", JSON.valueToTree("all"),
            "continues", JSON.valueToTree(false));

    /// What a worker has.
    ///
    /// @param destinations as it lists them
    /// @param rules        as it lists them
    static OrganizationFile of(JsonNode destinations, JsonNode rules) {
        Map<String, String> names = new LinkedHashMap<>();
        SequencedMap<String, ObjectNode> byName = new LinkedHashMap<>();
        for (JsonNode one : destinations) {
            String name = one.path("name").asString();
            names.put(one.path("destinationId").asString(), name);
            byName.put(name, kept(one, DESTINATION, Map.of(), name));
        }
        SequencedMap<String, ObjectNode> byId = new LinkedHashMap<>();
        for (JsonNode rule : rules) {
            String id = rule.path("ruleId").asString();
            byId.put(id, kept(rule, RULE, names, id));
        }
        return new OrganizationFile(byName, byId);
    }

    /// Reads a file.
    ///
    /// @param names of the organization's destinations by id, for rules that name them so
    /// @throws CommandException if it is no such file
    static OrganizationFile parse(String text, Map<String, String> names) {
        JsonNode document;
        try {
            document = YAML.readTree(text);
        } catch (JacksonException e) {
            throw new CommandException(Exit.USAGE, "this is no YAML: " + e.getOriginalMessage());
        }
        List<String> faults = new ArrayList<>();
        if (!(document instanceof ObjectNode)) {
            throw new CommandException(Exit.USAGE, "expected destinations: and rules:, each by name");
        }
        document.propertyNames().stream()
                .filter(name -> !name.equals("destinations") && !name.equals("rules"))
                .forEach(name -> faults.add(name + ": no such field; known are destinations and rules"));
        var file = new OrganizationFile(
                section(document, "destinations", Map.of(), faults), section(document, "rules", names, faults));
        if (!faults.isEmpty()) {
            throw new CommandException(Exit.USAGE, String.join("\n  ", faults));
        }
        return file;
    }

    private static SequencedMap<String, ObjectNode> section(
            JsonNode document, String name, Map<String, String> names, List<String> faults) {
        SequencedMap<String, ObjectNode> items = new LinkedHashMap<>();
        JsonNode section = document.path(name);
        if (!section.isMissingNode() && !section.isNull() && !section.isObject()) {
            faults.add(name + ": expected entries by name");
            return items;
        }
        for (Entry<String, JsonNode> item : section.properties()) {
            if (item.getValue() instanceof ObjectNode body) {
                items.put(item.getKey(), kept(body, List.copyOf(body.propertyNames()), names, item.getKey()));
            } else {
                faults.add(name + "." + item.getKey() + ": expected fields");
            }
        }
        return items;
    }

    String toYaml() {
        ObjectNode document = JSON.createObjectNode();
        destinations.forEach(document.putObject("destinations")::set);
        rules.forEach(document.putObject("rules")::set);
        return YAML.writeValueAsString(document);
    }

    /// Fields in one order and one way of writing, without those that say nothing.
    ///
    /// @param name what it is called where it has no name of its own
    private static ObjectNode kept(JsonNode item, List<String> fields, Map<String, String> names, String name) {
        ObjectNode kept = JSON.createObjectNode();
        for (String field : fields) {
            JsonNode value = field(field, item.path(field), names);
            boolean isSaid = !value.isMissingNode()
                    && !value.isNull()
                    && !(value.isContainer() && value.isEmpty())
                    && !value.equals(DEFAULTS.get(field))
                    && !(field.equals("name") && value.asString("").equals(name));
            if (isSaid) {
                kept.set(field, value);
            }
        }
        return kept;
    }

    private static JsonNode field(String name, JsonNode value, Map<String, String> names) {
        if (TIERS.contains(name) && value.isArray()) {
            ArrayNode targets = JSON.createArrayNode();
            value.forEach(target -> targets.add(target(target, names)));
            return targets;
        }
        if (TEXTS.contains(name) && value.isObject()) {
            ObjectNode texts = JSON.createObjectNode();
            value.propertyStream()
                    .sorted(Entry.comparingByKey())
                    .forEach(entry -> texts.set(entry.getKey(), text(entry.getValue())));
            return texts;
        }
        if (name.startsWith("valid")) {
            return time(value);
        }
        return tidy(value);
    }

    /// Without what says nothing, at any depth; fields by name.
    private static JsonNode tidy(JsonNode value) {
        if (value instanceof ArrayNode many) {
            ArrayNode tidy = JSON.createArrayNode();
            many.forEach(one -> tidy.add(tidy(one)));
            return tidy;
        }
        if (!(value instanceof ObjectNode object)) {
            return value;
        }
        ObjectNode tidy = JSON.createObjectNode();
        object.propertyStream().sorted(Entry.comparingByKey()).forEach(entry -> {
            JsonNode inner = TEXTS.contains(entry.getKey())
                    ? field(entry.getKey(), entry.getValue(), Map.of())
                    : tidy(entry.getValue());
            boolean isZone = entry.getKey().equals("zone") && inner.asString("").equals("UTC");
            if (!inner.isNull() && !(inner.isContainer() && inner.isEmpty()) && !isZone) {
                tidy.set(entry.getKey(), inner);
            }
        });
        return tidy;
    }

    /// As a worker writes it.
    private static JsonNode time(JsonNode value) {
        try {
            return value.isString()
                    ? JSON.valueToTree(Instant.parse(value.asString()).toString())
                    : value;
        } catch (DateTimeParseException _) {
            return value;
        }
    }

    private static JsonNode text(JsonNode value) {
        return value.isValueNode() && !value.isNull() ? JSON.valueToTree(value.asString()) : value;
    }

    /// By name, and with its weight only if it is not the usual one.
    private static JsonNode target(JsonNode target, Map<String, String> names) {
        String given = target.isString()
                ? target.asString()
                : target.path("destinationId").asString("");
        String name = names.getOrDefault(given, given);
        JsonNode weight = target.path("weight");
        if (weight.isMissingNode() || weight.equals(JSON.valueToTree(1))) {
            return JSON.valueToTree(name);
        }
        ObjectNode weighted = JSON.createObjectNode().put("destinationId", name);
        weighted.set("weight", weight);
        return weighted;
    }

    /// What is to be done with one item.
    ///
    /// @param section `destinations` or `rules`
    /// @param before  what is there; null for nothing
    /// @param after   what is to be there; null for nothing
    record Difference(
            String section,
            String id,
            @Nullable ObjectNode before,
            @Nullable ObjectNode after) {

        /// One line for the item, and one for each of its fields that differs.
        List<String> lines() {
            List<String> lines = new ArrayList<>();
            lines.add((before == null ? "+ " : after == null ? "- " : "~ ") + section + "." + id);
            if (after != null) {
                lines("    ", before == null ? JSON.createObjectNode() : before, after, lines);
            }
            return lines;
        }

        private static void lines(String path, ObjectNode before, ObjectNode after, List<String> lines) {
            TreeSet<String> names = new TreeSet<>(before.propertyNames());
            names.addAll(after.propertyNames());
            for (String name : names) {
                JsonNode was = before.path(name);
                JsonNode is = after.path(name);
                if (was instanceof ObjectNode inner && is instanceof ObjectNode other) {
                    lines(path + name + ".", inner, other, lines);
                } else if (!was.equals(is)) {
                    lines.add(path + name + ": " + (was.isMissingNode() ? "" : text(was) + " -> ")
                            + (is.isMissingNode() ? "(none)" : text(is)));
                }
            }
        }

        private static String text(JsonNode value) {
            return value.isString() ? value.asString() : value.toString();
        }
    }

    /// What makes the one the other, in the order in which it can be done: destinations before the rules that name
    /// them.
    List<Difference> to(OrganizationFile wanted) {
        List<Difference> differences = new ArrayList<>();
        differences("destinations", destinations, wanted.destinations, differences);
        differences("rules", rules, wanted.rules, differences);
        return differences;
    }

    private static void differences(
            String section,
            Map<String, ObjectNode> before,
            Map<String, ObjectNode> after,
            List<Difference> differences) {
        after.forEach((id, body) -> {
            if (!body.equals(before.get(id))) {
                differences.add(new Difference(section, id, before.get(id), body));
            }
        });
        before.forEach((id, body) -> {
            if (!after.containsKey(id)) {
                differences.add(new Difference(section, id, body, null));
            }
        });
    }

    /// Quotes everything but plain words.
    private static final class PlainWords extends StringQuotingChecker {

        private static final long serialVersionUID = 1;
        private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_.*/@-]*");
        private static final Set<String> MEANT = Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");

        private static boolean needsQuotes(String text) {
            return !PLAIN.matcher(text).matches() || MEANT.contains(text.toLowerCase(Locale.ROOT));
        }

        @Override
        public boolean needToQuoteName(String name) {
            return needsQuotes(name);
        }

        @Override
        public boolean needToQuoteValue(String value) {
            return needsQuotes(value);
        }
    }
}
