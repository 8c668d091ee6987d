package dev.waybill.worker.cli;

import dev.waybill.schemas.Keys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/// An organization's destinations, by name, and rules, by id, as a file: each as REST takes it, without what goes
/// without saying. Two files that mean the same are equal, however they are written.
///
/// @param destinations in the order of their names
/// @param rules        in the order of their evaluation
record OrganizationFile(SequencedMap<String, ObjectNode> destinations, SequencedMap<String, ObjectNode> rules) {

    private static final JsonMapper JSON = new JsonMapper();

    private static final YAMLMapper YAML = YAMLMapper.builder(YAMLFactory.builder()
                    .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
                    .disable(YAMLWriteFeature.SPLIT_LINES)
                    .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
                    .enable(YAMLWriteFeature.INDENT_ARRAYS_WITH_INDICATOR)
                    .stringQuotingChecker(new PlainWords())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /// The reader of YAML takes no more, and takes its time to say so.
    static final int LENGTH_MAX = 3 << 20;

    private static final String DESTINATIONS = "destinations";
    private static final String RULES = "rules";
    private static final List<String> TIERS = List.of("primary", "secondary", "fallback");

    /// What a worker has.
    ///
    /// @param destinations as it lists them
    /// @param rules        as it lists them
    static OrganizationFile of(JsonNode destinations, JsonNode rules) {
        // A worker says more of them than people decide.
        ItemReader reader = new ItemReader(names(destinations), _ -> true, new ArrayList<>());
        SequencedMap<String, ObjectNode> byName = new LinkedHashMap<>();
        for (JsonNode one : destinations) {
            String name = one.path("name").asString();
            byName.put(name, reader.destination(name, one.asObject()));
        }
        SequencedMap<String, ObjectNode> byId = new LinkedHashMap<>();
        for (JsonNode rule : rules) {
            String id = rule.path("ruleId").asString();
            byId.put(id, withoutUsualName(id, reader.rule(id, rule.asObject())));
        }
        return new OrganizationFile(byName, byId);
    }

    /// Names by id.
    ///
    /// @param destinations as a worker lists them
    static Map<String, String> names(JsonNode destinations) {
        Map<String, String> names = new HashMap<>();
        destinations.forEach(one ->
                names.put(one.path("destinationId").asString(), one.path("name").asString()));
        return names;
    }

    /// Reads a file that is for an organization. A section that it has not is as the organization has it.
    ///
    /// @param current what the organization has
    /// @param names   of its destinations by id, for rules that name them so
    /// @throws CommandException if it is no such file, with all its faults
    static OrganizationFile parse(String text, OrganizationFile current, Map<String, String> names) {
        if (text.length() > LENGTH_MAX) {
            throw new CommandException(Exit.USAGE, "is longer than " + LENGTH_MAX + " characters");
        }
        JsonNode document;
        try {
            refuseAliases(text);
            document = YAML.readTree(text);
        } catch (JacksonException e) {
            throw new CommandException(Exit.USAGE, "is no YAML: " + e.getOriginalMessage());
        }
        if (!(document instanceof ObjectNode)) {
            throw new CommandException(Exit.USAGE, "expected destinations: and rules:, each by name");
        }
        List<String> faults = new ArrayList<>();
        document.propertyNames().stream()
                .filter(name -> !name.equals(DESTINATIONS) && !name.equals(RULES))
                .forEach(name -> faults.add(name + ": no such field; known are destinations and rules"));
        Set<String> known = current.named();
        known.addAll(document.path(DESTINATIONS).propertyNames());
        ItemReader reader = new ItemReader(names, known::contains, faults);
        var file = new OrganizationFile(
                document.has(DESTINATIONS)
                        ? section(DESTINATIONS, document.path(DESTINATIONS), reader::destination, faults)
                        : current.destinations,
                document.has(RULES) ? section(RULES, document.path(RULES), reader::rule, faults) : current.rules);
        file.rules.keySet().stream()
                .filter(id -> !Keys.isToken(id))
                .forEach(id -> faults.add("rules." + id + ": a rule id matches [A-Za-z0-9_-]{1,255}"));
        if (!faults.isEmpty()) {
            throw new CommandException(Exit.USAGE, "is not right:\n  " + String.join("\n  ", faults));
        }
        file.rules.forEach(OrganizationFile::withoutUsualName);
        return file;
    }

    /// An alias is not resolved here: it would be read as a text, its name.
    private static void refuseAliases(String text) {
        try (JsonParser tokens = YAML.createParser(text)) {
            while (tokens.nextToken() != null) {
                if (tokens instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
                    throw new CommandException(
                            Exit.USAGE,
                            "line " + tokens.currentTokenLocation().getLineNr() + ": write out what *"
                                    + tokens.getString() + " stands for; aliases are not read");
                }
            }
        }
    }

    private static SequencedMap<String, ObjectNode> section(
            String name, JsonNode section, BiFunction<String, ObjectNode, ObjectNode> read, List<String> faults) {
        SequencedMap<String, ObjectNode> items = new LinkedHashMap<>();
        if (!section.isNull() && !section.isObject()) {
            faults.add(name + ": expected entries by name");
            return items;
        }
        for (Entry<String, JsonNode> item : section.properties()) {
            String path = name + "." + item.getKey();
            if (item.getValue() instanceof ObjectNode body) {
                items.put(item.getKey(), read.apply(path, body));
            } else {
                faults.add(path + ": expected fields");
            }
        }
        return items;
    }

    private static ObjectNode withoutUsualName(String id, ObjectNode rule) {
        if (rule.path("name").asString("").equals(id)) {
            rule.remove("name");
        }
        return rule;
    }

    /// The destinations that there are, and those that rules name although they are not there any more.
    private Set<String> named() {
        Set<String> named = new HashSet<>(destinations.keySet());
        for (ObjectNode rule : rules.values()) {
            for (String tier : TIERS) {
                rule.path(tier)
                        .forEach(target -> named.add(
                                target.isString()
                                        ? target.asString()
                                        : target.path("destinationId").asString("")));
            }
        }
        return named;
    }

    String toYaml() {
        ObjectNode document = JSON.createObjectNode();
        destinations.forEach(document.putObject(DESTINATIONS)::set);
        rules.forEach(document.putObject(RULES)::set);
        return YAML.writeValueAsString(document);
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
                lines("    ", before == null ? JSON.createObjectNode() : before, after, before == null, lines);
            }
            return lines;
        }

        private static void lines(String path, ObjectNode before, ObjectNode after, boolean isNew, List<String> lines) {
            TreeSet<String> names = new TreeSet<>(before.propertyNames());
            names.addAll(after.propertyNames());
            for (String name : names) {
                JsonNode was = before.path(name);
                JsonNode is = after.path(name);
                if (was instanceof ObjectNode inner && is instanceof ObjectNode other) {
                    lines(path + name + ".", inner, other, isNew, lines);
                } else if (!was.equals(is)) {
                    lines.add(path + name + ": " + (isNew ? "" : text(was) + " -> ") + text(is));
                }
            }
        }

        private static String text(JsonNode value) {
            if (value.isMissingNode()) {
                return "(none)";
            }
            boolean isPlain = value.isString() && value.asString().chars().noneMatch(Character::isISOControl);
            return isPlain ? value.asString() : value.toString();
        }
    }

    /// What makes the one the other, in the order in which it can be done: destinations before the rules that name
    /// them.
    List<Difference> to(OrganizationFile wanted) {
        List<Difference> differences = new ArrayList<>();
        differences(DESTINATIONS, destinations, wanted.destinations, differences);
        differences(RULES, rules, wanted.rules, differences);
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
}
