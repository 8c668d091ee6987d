package dev.waybill.worker.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
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
import tools.jackson.databind.node.ObjectNode;

/// Default-destination rules of an organization.
@Command(name = "rule", description = "Put, list or delete the rules for requests that name no destination.")
public final class RuleCommand {

    private static final JsonMapper JSON = new JsonMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /// What a rule is made of, on the command line.
    static final class Definition {
        @Option(names = "--primary", required = true, description = "a destination; each is a route of its own")
        private List<String> primary = new ArrayList<>();

        @Option(names = "--fallback", description = "a destination to try after the primary ones failed, in order")
        private List<String> fallback = new ArrayList<>();

        @Option(names = "--type", description = "payload type it matches, or a family such as audit.*; default: any")
        private List<String> types = new ArrayList<>();

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
            if (!types.isEmpty()) {
                body.putObject("conditions").set("payloadTypes", JSON.valueToTree(types));
            }
            body.set("primary", JSON.valueToTree(primary));
            body.set("fallback", JSON.valueToTree(fallback));
            return body;
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
                Table table = table();
                row(table, body);
                table.print(out());
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
                Table table = table();
                body.path("rules").forEach(rule -> row(table, rule));
                table.print(out());
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

    private static Table table() {
        return new Table("RULE", "PRIORITY", "ACTIVE", "TYPES", "PRIMARY", "FALLBACK", "VERSION");
    }

    private static void row(Table table, JsonNode rule) {
        table.row(
                rule.path("ruleId").asString(),
                rule.path("priority").asInt(),
                rule.path("active").asBoolean(),
                rule.path("conditions")
                        .path("payloadTypes")
                        .valueStream()
                        .map(JsonNode::asString)
                        .collect(Collectors.joining(",")),
                targets(rule.path("primary")),
                targets(rule.path("fallback")),
                rule.path("version").asLong());
    }

    private static String targets(JsonNode targets) {
        return targets.valueStream()
                .map(target -> target.path("destinationId").asString())
                .collect(Collectors.joining(","));
    }

    private static String path(Organization organization, String rule) {
        return organization.path("/rules/" + RestClient.segment(rule));
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
