package dev.waybill.worker.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

/// Destinations of an organization.
@Command(name = "destination", description = "Put, list, show, delete or test destinations.")
public final class DestinationCommand {

    private static final JsonMapper JSON = new JsonMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /// What a destination is made of, on the command line.
    static final class Definition {
        @Option(
                names = {"-f", "--file"},
                paramLabel = "FILE",
                description = "the destination as JSON; the other options are put over it")
        private @Nullable Path file;

        @Option(names = "--provider", description = "for example webhook or file")
        private @Nullable String provider;

        @Option(
                names = {"-s", "--set"},
                paramLabel = "SETTING=VALUE",
                description = "a setting of the provider, for example url=https://example.com/hook")
        private Map<String, String> settings = new LinkedHashMap<>();

        @Option(
                names = {"-p", "--policy"},
                paramLabel = "FIELD=VALUE",
                description = "for example maxAttempts=5 or delaysMs=[1000,5000]")
        private Map<String, String> policy = new LinkedHashMap<>();

        @Option(names = "--label", paramLabel = "KEY=VALUE", description = "a free label")
        private Map<String, String> labels = new LinkedHashMap<>();

        @Option(names = "--region", description = "where it lies")
        private @Nullable String region;

        @Option(names = "--disabled", description = "it receives nothing for now")
        private boolean disabled;

        ObjectNode json() throws IOException {
            ObjectNode body = JSON.createObjectNode();
            if (file != null) {
                if (!(JSON.readTree(Files.readAllBytes(file)) instanceof ObjectNode given)) {
                    throw new CommandException(Exit.USAGE, file + ": expected a JSON object");
                }
                body = given;
            }
            if (provider != null) {
                body.put("provider", provider);
            }
            if (region != null) {
                body.put("region", region);
            }
            if (disabled) {
                body.put("enabled", false);
            }
            ObjectNode settingsJson = body.withObject("/settings");
            settings.forEach(settingsJson::put);
            ObjectNode labelsJson = body.withObject("/labels");
            labels.forEach(labelsJson::put);
            if (!policy.isEmpty()) {
                ObjectNode policyJson = body.withObject("/policy");
                policy.forEach((field, value) -> policyJson.set(field, literal(value)));
            }
            return body;
        }

        /// Numbers and lists are written as in JSON; everything else is a text.
        private static JsonNode literal(String value) {
            return value.matches("-?[0-9.]+|\\[.*]|true|false") ? JSON.readTree(value) : JSON.valueToTree(value);
        }
    }

    @Command(description = "Create or replace a destination.")
    int put(
            @Mixin Worker worker,
            @Mixin Organization organization,
            @Mixin Output output,
            @Mixin Definition definition,
            @Parameters(paramLabel = "NAME-OR-ID") String name)
            throws IOException {
        ObjectNode body = definition.json();
        try (RestClient client = worker.connect()) {
            show(output, client.put(path(organization, name), body).body());
        }
        return Exit.OK;
    }

    @Command(description = "List the destinations of an organization.")
    int list(@Mixin Worker worker, @Mixin Organization organization, @Mixin Output output) {
        try (RestClient client = worker.connect()) {
            JsonNode body = client.get(organization.path("/destinations")).body();
            if (output.isJson()) {
                output.json(out(), body);
            } else {
                Table table = table();
                body.path("destinations").forEach(destination -> row(table, destination));
                table.print(out());
            }
        }
        return Exit.OK;
    }

    @Command(description = "Show one destination.")
    int get(
            @Mixin Worker worker,
            @Mixin Organization organization,
            @Mixin Output output,
            @Parameters(paramLabel = "NAME-OR-ID") String name) {
        try (RestClient client = worker.connect()) {
            show(output, client.get(path(organization, name)).body());
        }
        return Exit.OK;
    }

    @Command(description = "Delete a destination.")
    int delete(
            @Mixin Worker worker,
            @Mixin Organization organization,
            @Option(names = "--force", description = "even if rules name it") boolean force,
            @Parameters(paramLabel = "NAME-OR-ID") String name) {
        try (RestClient client = worker.connect()) {
            client.delete(path(organization, name) + (force ? "?force=true" : ""));
        }
        return Exit.OK;
    }

    @Command(description = "Try whether deliveries would work. Exit code 1 if not.")
    int test(
            @Mixin Worker worker,
            @Mixin Organization organization,
            @Mixin Output output,
            @Parameters(paramLabel = "NAME-OR-ID") String name) {
        try (RestClient client = worker.connect()) {
            JsonNode report =
                    client.post(path(organization, name) + "/test", null).body();
            if (output.isJson()) {
                output.json(out(), report);
            } else {
                Table table = new Table("CHECK", "RESULT", "DETAIL");
                report.path("checks")
                        .forEach(check -> table.row(
                                check.path("name").asString(),
                                check.path("passed").asBoolean() ? "ok" : "FAILED",
                                check.path("detail").asString("")));
                table.print(out());
                JsonNode error = report.path("error");
                if (error.isObject()) {
                    out().println(error.path("code").asString() + ": "
                            + error.path("message").asString());
                    out().println(error.path("hint").asString());
                }
                out().flush();
            }
            return report.path("success").asBoolean() ? Exit.OK : Exit.FAILED;
        }
    }

    private void show(Output output, JsonNode destination) {
        if (output.isJson()) {
            output.json(out(), destination);
            return;
        }
        Table table = table();
        row(table, destination);
        table.print(out());
        section("SETTING", destination.path("settings"));
        section("POLICY", destination.path("policy"));
        section("HEALTH", destination.path("health"));
        section("LAST TEST", withoutSteps(destination.path("lastTest")));
    }

    /// What a test found in the end; how it got there is for `--output json`.
    private static JsonNode withoutSteps(JsonNode test) {
        return test instanceof ObjectNode object
                ? object.deepCopy().remove(List.of("checks", "phases", "permissions", "details"))
                : test;
    }

    private void section(String title, JsonNode fields) {
        if (fields.isEmpty()) {
            return;
        }
        Table section = new Table(title, "VALUE");
        fields.properties()
                .forEach(field -> section.row(
                        field.getKey(),
                        field.getValue().isValueNode()
                                ? field.getValue().asString()
                                : field.getValue().toString()));
        section.print(out());
    }

    private static Table table() {
        return new Table("NAME", "ID", "KIND", "PROVIDER", "ENABLED", "VERSION", "HEALTH");
    }

    private static void row(Table table, JsonNode destination) {
        table.row(
                destination.path("name").asString(),
                destination.path("destinationId").asString(),
                destination.path("kind").asString(),
                destination.path("provider").asString(),
                destination.path("enabled").asBoolean(),
                destination.path("version").asLong(),
                destination.path("health").path("status").asString(""));
    }

    private static String path(Organization organization, String name) {
        return organization.path("/destinations/" + RestClient.segment(name));
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
