package dev.waybill.worker.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Templates of rules, and what organizations make of them.
@Command(name = "template", description = "List, show, put, apply, upgrade or remove templates of rules.")
public final class TemplateCommand {

    private static final JsonMapper JSON = new JsonMapper();
    private static final YAMLMapper YAML = new YAMLMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(description = "List the templates: those that come with Waybill, and your own.")
    int list(@Mixin Worker worker, @Mixin Output output) {
        try (RestClient client = worker.connect()) {
            JsonNode body = client.get("/v1/templates").body();
            if (output.isJson()) {
                output.json(out(), body);
                return Exit.OK;
            }
            Table table = new Table("TEMPLATE", "VERSION", "CATEGORY", "SLOTS", "CONSTRAINTS", "NAME");
            for (JsonNode template : body.path("templates")) {
                table.row(
                        template.path("templateId").asString(),
                        template.path("version").asLong(),
                        template.path("category").asString(),
                        slots(template),
                        joined(template.path("constraints"), "constraint"),
                        template.path("name").asString());
            }
            table.print(out());
        }
        return Exit.OK;
    }

    /// Those that may stay empty in brackets.
    private static String slots(JsonNode template) {
        return template.path("slots")
                .valueStream()
                .map(slot -> slot.path("required").asBoolean()
                        ? slot.path("name").asString()
                        : "[" + slot.path("name").asString() + "]")
                .collect(Collectors.joining(" "));
    }

    private static String joined(JsonNode objects, String field) {
        return objects.valueStream().map(one -> one.path(field).asString()).collect(Collectors.joining(" "));
    }

    @Command(
            description =
                    "Show a template with its slots, constraints and rules, as a file that can be changed and put.")
    int show(@Mixin Worker worker, @Mixin Output output, @Parameters(paramLabel = "TEMPLATE") String template) {
        try (RestClient client = worker.connect()) {
            JsonNode body = client.get(path(template)).body();
            if (output.isJson()) {
                output.json(out(), body);
            } else {
                out().print(YAML.writeValueAsString(body));
                out().flush();
            }
        }
        return Exit.OK;
    }

    @Command(description = "Create or replace a template of your own from a YAML or JSON file.")
    int put(
            @Mixin Worker worker,
            @Mixin Output output,
            @Parameters(paramLabel = "TEMPLATE") String template,
            @Parameters(paramLabel = "FILE") Path file) {
        try (RestClient client = worker.connect()) {
            JsonNode body = client.put(path(template), read(file)).body();
            if (output.isJson()) {
                output.json(out(), body);
            } else {
                out().println("Template " + template + " is at version "
                        + body.path("version").asLong() + ".");
                out().flush();
            }
        }
        return Exit.OK;
    }

    private static ObjectNode read(Path file) {
        try {
            if (YAML.readTree(Files.readString(file)) instanceof ObjectNode document) {
                return document;
            }
            throw new CommandException(Exit.USAGE, file + " has no template in it");
        } catch (IOException e) {
            throw new CommandException(Exit.USAGE, file + " cannot be read: " + e.getMessage());
        } catch (JacksonException e) {
            throw new CommandException(Exit.USAGE, file + " is no YAML: " + e.getOriginalMessage());
        }
    }

    @Command(description = "Delete a template of your own. Rules that were made from it stay as they are.")
    int delete(@Mixin Worker worker, @Parameters(paramLabel = "TEMPLATE") String template) {
        try (RestClient client = worker.connect()) {
            client.delete(path(template));
        }
        return Exit.OK;
    }

    @Command(description = "Make an organization's rules from a template.")
    int apply(
            @Mixin Worker worker,
            @Mixin Organization organization,
            @Mixin Output output,
            @Option(
                            names = "--slot",
                            paramLabel = "SLOT=DESTINATION",
                            description = "what fills a slot, by id or name; several of one slot in their order")
                    @Nullable
                    List<String> slots,
            @Option(names = "--dry-run", description = "only show what would change") boolean dryRun,
            @Parameters(paramLabel = "TEMPLATE") String template) {
        return change(worker, organization, output, template, slots(slots), dryRun);
    }

    @Command(
            description = {
                "Show what a newer version of a template would change in an organization's rules, and with --apply change it."
            })
    int upgrade(
            @Mixin Worker worker,
            @Mixin Organization organization,
            @Mixin Output output,
            @Option(
                            names = "--slot",
                            paramLabel = "SLOT=DESTINATION",
                            description = "what fills a slot from now on; the others stay")
                    @Nullable
                    List<String> slots,
            @Option(names = "--apply", description = "change it") boolean apply,
            @Parameters(paramLabel = "TEMPLATE") String template) {
        return change(worker, organization, output, template, slots(slots), !apply);
    }

    private static ObjectNode slots(@Nullable List<String> given) {
        ObjectNode slots = JSON.createObjectNode();
        for (String slot : given == null ? new ArrayList<String>() : given) {
            int equals = slot.indexOf('=');
            if (equals < 1) {
                throw new CommandException(Exit.USAGE, "--slot is like main=crm, not '" + slot + "'");
            }
            String name = slot.substring(0, equals);
            ArrayNode filled = slots.path(name) instanceof ArrayNode already ? already : slots.putArray(name);
            filled.add(slot.substring(equals + 1));
        }
        return slots;
    }

    private int change(
            Worker worker,
            Organization organization,
            Output output,
            String template,
            ObjectNode slots,
            boolean dryRun) {
        ObjectNode body = JSON.createObjectNode();
        body.set("slots", slots);
        try (RestClient client = worker.connect()) {
            JsonNode answer = client.put(applied(organization, template) + (dryRun ? "?dryRun=true" : ""), body)
                    .body();
            if (output.isJson()) {
                output.json(out(), answer);
            } else {
                print(answer, dryRun, RuleCommand.names(client, organization));
            }
        }
        return Exit.OK;
    }

    /// One line for each rule, with its fields below; as a diff has it.
    private void print(JsonNode answer, boolean dryRun, Map<String, String> names) {
        String what = answer.path("templateId").asString() + " "
                + answer.path("version").asLong();
        if (answer.path("changes").isEmpty()) {
            out().println("The rules are as " + what + " has them.");
            out().flush();
            return;
        }
        for (JsonNode change : answer.path("changes")) {
            String mark = switch (change.path("change").asString()) {
                case "create" -> "+";
                case "delete" -> "-";
                default -> "~";
            };
            out().println(mark + " " + change.path("ruleId").asString());
            for (JsonNode field : change.path("fields")) {
                out().println("    " + field.path("field").asString() + ": " + text(field, "before", names) + " -> "
                        + text(field, "after", names));
            }
        }
        out().println(dryRun ? "Nothing was changed." : "The rules are as " + what + " has them now.");
        out().flush();
    }

    private static String text(JsonNode field, String side, Map<String, String> names) {
        JsonNode value = field.path(side);
        if (value.isNull() || value.isMissingNode()) {
            return "(none)";
        }
        return switch (field.path("field").asString()) {
            case "primary", "secondary", "fallback" -> RuleCommand.targets(value, names);
            case "template" ->
                value.path("templateId").asString() + " "
                        + value.path("version").asLong();
            case "constraints" -> joined(value, "constraint");
            case "conditions" -> RuleCommand.conditions(value);
            default -> value.isString() ? value.asString() : value.toString();
        };
    }

    @Command(description = "List the templates that are applied to an organization.")
    int applied(@Mixin Worker worker, @Mixin Organization organization, @Mixin Output output) {
        try (RestClient client = worker.connect()) {
            JsonNode body = client.get(organization.path("/templates")).body();
            if (output.isJson()) {
                output.json(out(), body);
                return Exit.OK;
            }
            Table table = new Table("TEMPLATE", "VERSION", "LATEST", "RULES");
            for (JsonNode template : body.path("templates")) {
                table.row(
                        template.path("templateId").asString(),
                        template.path("version").asLong(),
                        template.path("latestVersion").asString("(deleted)"),
                        template.path("rules")
                                .valueStream()
                                .map(JsonNode::asString)
                                .collect(Collectors.joining(" ")));
            }
            table.print(out());
        }
        return Exit.OK;
    }

    @Command(description = "Delete the rules that an organization has of a template, and with them its constraints.")
    int remove(
            @Mixin Worker worker,
            @Mixin Organization organization,
            @Parameters(paramLabel = "TEMPLATE") String template) {
        try (RestClient client = worker.connect()) {
            client.delete(applied(organization, template));
        }
        return Exit.OK;
    }

    private static String path(String template) {
        return "/v1/templates/" + RestClient.segment(template);
    }

    private static String applied(Organization organization, String template) {
        return organization.path("/templates/" + RestClient.segment(template));
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
