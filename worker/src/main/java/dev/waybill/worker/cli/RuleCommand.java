package dev.waybill.worker.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Default-destination rules of an organization.
@Command(
        name = "rule",
        aliases = "rules",
        subcommands = {ExportCommand.class, ImportCommand.class},
        description = "Put, list, delete, export or import the rules for requests that name no destination.")
public final class RuleCommand {

    private static final JsonMapper JSON = new JsonMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /// What a rule is made of, on the command line.
    static final class Definition {
        @Option(
                names = "--primary",
                required = true,
                paramLabel = "DESTINATION[=WEIGHT]",
                description = "a destination of the first tier, by id or name")
        private List<String> primary = new ArrayList<>();

        @Option(
                names = "--secondary",
                paramLabel = "DESTINATION[=WEIGHT]",
                description = "one of the tier to try after the first")
        private List<String> secondary = new ArrayList<>();

        @Option(names = "--fallback", paramLabel = "DESTINATION[=WEIGHT]", description = "one of the last tier")
        private List<String> fallback = new ArrayList<>();

        @Option(
                names = "--selection",
                paramLabel = "HOW",
                defaultValue = "all",
                description = "all: each primary is a route of its own; failover: one route, in the order given;"
                        + " weighted, round-robin or sticky: one route, load balanced over the tier (default: all)")
        private String selection = "";

        @Option(
                names = "--sticky-by",
                paramLabel = "FIELD",
                description = "for sticky: what stays together, such as correlationId or metadata.patient")
        private @Nullable String stickyBy;

        @Option(names = "--continue", description = "later rules that match add their routes")
        private boolean continues;

        @Option(names = "--valid-from", paramLabel = "TIME", description = "it does not match before")
        private @Nullable String validFrom;

        @Option(names = "--valid-until", paramLabel = "TIME", description = "it does not match from then on")
        private @Nullable String validUntil;

        @Mixin
        private Conditions conditions = new Conditions();

        @Option(names = "--priority", description = "the highest is evaluated first")
        private int priority;

        @Option(names = "--name", description = "for people")
        private @Nullable String name;

        @Option(names = "--inactive", description = "it never matches for now")
        private boolean inactive;

        ObjectNode json() {
            ObjectNode body = JSON.createObjectNode();
            body.put("name", name);
            body.put("priority", priority);
            body.put("active", !inactive);
            body.set("conditions", conditions.json());
            body.put("selection", selection);
            body.put("stickyBy", stickyBy);
            body.put("continues", continues);
            body.put("validFrom", validFrom);
            body.put("validUntil", validUntil);
            body.set("primary", targets(primary));
            body.set("secondary", targets(secondary));
            body.set("fallback", targets(fallback));
            return body;
        }

        private static ArrayNode targets(List<String> given) {
            ArrayNode targets = JSON.createArrayNode();
            for (String text : given) {
                int weight = text.lastIndexOf('=');
                ObjectNode target = targets.addObject();
                target.put("destinationId", weight < 0 ? text : text.substring(0, weight));
                if (weight >= 0) {
                    target.set("weight", number(text.substring(weight + 1)));
                }
            }
            return targets;
        }
    }

    /// A number as one; anything else stays what it is, for the worker to say what is wrong with it.
    private static JsonNode number(String text) {
        return text.matches("-?[0-9]{1,18}")
                ? JSON.getNodeFactory().numberNode(Long.parseLong(text))
                : JSON.getNodeFactory().stringNode(text);
    }

    /// When a rule matches, on the command line.
    static final class Conditions {
        private static final Pattern WINDOW = Pattern.compile("(?:([A-Z,]+) )?(\\S+)-(\\S+?)(?: (\\S+))?");

        @Option(names = "--type", description = "payload type it matches, or a family such as audit.*; default: any")
        private List<String> types = new ArrayList<>();

        @Option(names = "--role", description = "role of the requesting user; any of those given")
        private List<String> roles = new ArrayList<>();

        @Option(names = "--any-tag", paramLabel = "TAG", description = "at least one of those given")
        private List<String> anyTag = new ArrayList<>();

        @Option(names = "--tag", description = "each of those given")
        private List<String> tags = new ArrayList<>();

        @Option(names = "--no-tag", paramLabel = "TAG", description = "none of those given")
        private List<String> noTag = new ArrayList<>();

        @Option(
                names = "--window",
                paramLabel = "'[DAYS ]START-END[ ZONE]'",
                description = "when it matches, such as 'MON,TUE 08:00-17:30 Europe/Vienna'; any of those given")
        private List<String> windows = new ArrayList<>();

        @Option(names = "--min-bytes", paramLabel = "N", description = "length of the payload at least")
        private @Nullable Long minBytes;

        @Option(names = "--max-bytes", paramLabel = "N", description = "length of the payload at most")
        private @Nullable Long maxBytes;

        @Option(names = "--metadata", paramLabel = "KEY=VALUE", description = "metadata of the request; each of those")
        private Map<String, String> metadata = new LinkedHashMap<>();

        ObjectNode json() {
            ObjectNode body = JSON.createObjectNode();
            body.set("payloadTypes", JSON.valueToTree(types));
            body.set("userRoles", JSON.valueToTree(roles));
            body.set("tagsAny", JSON.valueToTree(anyTag));
            body.set("tagsAll", JSON.valueToTree(tags));
            body.set("tagsNone", JSON.valueToTree(noTag));
            ArrayNode all = body.putArray("windows");
            windows.forEach(window -> all.add(window(window)));
            body.put("minBytes", minBytes);
            body.put("maxBytes", maxBytes);
            body.set("metadata", JSON.valueToTree(metadata));
            return body;
        }

        private static ObjectNode window(String text) {
            Matcher parts = WINDOW.matcher(text);
            if (!parts.matches()) {
                throw new CommandException(
                        Exit.USAGE, "--window is like 'MON,TUE 08:00-17:30 Europe/Vienna', not '" + text + "'");
            }
            ObjectNode window = JSON.createObjectNode();
            if (parts.group(1) != null) {
                window.set("days", JSON.valueToTree(List.of(parts.group(1).split(","))));
            }
            window.put("start", parts.group(2)).put("end", parts.group(3));
            if (parts.group(4) != null) {
                window.put("zone", parts.group(4));
            }
            return window;
        }
    }

    @Command(description = "Create or replace a rule.")
    int put(
            @Mixin Worker worker,
            @Mixin Organization organization,
            @Mixin Output output,
            @Mixin Definition definition,
            @Parameters(paramLabel = "RULE-ID") String rule) {
        try (RestClient client = worker.connect()) {
            JsonNode body =
                    client.put(path(organization, rule), definition.json()).body();
            if (output.isJson()) {
                output.json(out(), body);
            } else {
                print(List.of(body), names(client, organization));
            }
        }
        return Exit.OK;
    }

    @Command(description = "List the rules of an organization in the order of their evaluation.")
    int list(@Mixin Worker worker, @Mixin Organization organization, @Mixin Output output) {
        try (RestClient client = worker.connect()) {
            JsonNode body = client.get(organization.path("/rules")).body();
            if (output.isJson()) {
                output.json(out(), body);
            } else {
                print(body.path("rules"), names(client, organization));
            }
        }
        return Exit.OK;
    }

    @Command(description = "Delete a rule.")
    int delete(
            @Mixin Worker worker, @Mixin Organization organization, @Parameters(paramLabel = "RULE-ID") String rule) {
        try (RestClient client = worker.connect()) {
            client.delete(path(organization, rule));
        }
        return Exit.OK;
    }

    /// Names of the organization's destinations by id: a rule holds ids, which people do not know by heart.
    static Map<String, String> names(RestClient client, Organization organization) {
        return client.get(organization.path("/destinations"))
                .body()
                .path("destinations")
                .valueStream()
                .collect(Collectors.toMap(
                        one -> one.path("destinationId").asString(),
                        one -> one.path("name").asString()));
    }

    private void print(Iterable<JsonNode> rules, Map<String, String> names) {
        Table table = new Table(
                "RULE", "PRIORITY", "ACTIVE", "CONDITIONS", "SELECTION", "PRIMARY", "SECONDARY", "FALLBACK", "VERSION");
        rules.forEach(rule -> row(table, rule, names));
        table.print(out());
    }

    private static void row(Table table, JsonNode rule, Map<String, String> names) {
        table.row(
                rule.path("ruleId").asString(),
                rule.path("priority").asInt(),
                rule.path("active").asBoolean(),
                conditions(rule.path("conditions")),
                rule.path("selection").asString(),
                targets(rule.path("primary"), names),
                targets(rule.path("secondary"), names),
                targets(rule.path("fallback"), names),
                rule.path("version").asLong());
    }

    /// Those that are given, as `field=values`.
    static String conditions(JsonNode conditions) {
        return conditions
                .propertyStream()
                .filter(one -> !one.getValue().isNull()
                        && !(one.getValue().isContainer() && one.getValue().isEmpty()))
                .map(one -> one.getKey() + "=" + values(one.getValue()))
                .collect(Collectors.joining(" "));
    }

    private static String values(JsonNode given) {
        return given.isArray()
                ? given.valueStream().map(RuleCommand::values).collect(Collectors.joining(","))
                : given.isValueNode() ? given.asString() : given.toString();
    }

    static String targets(JsonNode targets, Map<String, String> names) {
        return targets.valueStream()
                .map(target -> names.getOrDefault(
                                target.path("destinationId").asString(),
                                target.path("destinationId").asString())
                        + (target.path("weight").asInt() == 1
                                ? ""
                                : "=" + target.path("weight").asInt()))
                .collect(Collectors.joining(","));
    }

    private static String path(Organization organization, String rule) {
        return organization.path("/rules/" + RestClient.segment(rule));
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
