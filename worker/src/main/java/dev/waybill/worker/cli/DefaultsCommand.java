package dev.waybill.worker.cli;

import java.io.PrintWriter;
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

/// Default destinations of an organization.
@Command(
        name = "defaults",
        description = "Set, remove or list where an organization's deliveries go when nothing else says so.")
public final class DefaultsCommand {

    private static final JsonMapper JSON = new JsonMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(description = "Make a destination one of the defaults: the first one is primary, the others stand in.")
    int set(
            @Mixin Worker worker,
            @Mixin Organization organization,
            @Mixin Output output,
            @Option(
                            names = "--primary",
                            negatable = true,
                            description =
                                    "whether it is the one to try first; default: as it is, else only if it is the only one")
                    @Nullable
                    Boolean primary,
            @Parameters(paramLabel = "DESTINATION", description = "id or name") String destination) {
        ObjectNode body = JSON.createObjectNode();
        if (primary != null) {
            body.put("primary", primary);
        }
        try (RestClient client = worker.connect()) {
            print(output, client.put(path(organization, destination), body).body());
        }
        return Exit.OK;
    }

    @Command(description = "Take a destination from the defaults; it is not deleted.")
    int remove(
            @Mixin Worker worker,
            @Mixin Organization organization,
            @Parameters(paramLabel = "DESTINATION", description = "id or name") String destination) {
        try (RestClient client = worker.connect()) {
            client.delete(path(organization, destination));
        }
        return Exit.OK;
    }

    @Command(description = "List the defaults in the order in which they are tried.")
    int list(@Mixin Worker worker, @Mixin Organization organization, @Mixin Output output) {
        try (RestClient client = worker.connect()) {
            print(output, client.get(organization.path("/defaults")).body());
        }
        return Exit.OK;
    }

    private void print(Output output, JsonNode body) {
        if (output.isJson()) {
            output.json(out(), body);
            return;
        }
        Table table = new Table("DESTINATION", "ID", "PRIMARY");
        for (JsonNode one : body.path("defaults")) {
            table.row(
                    one.path("name").asString("(deleted)"),
                    one.path("destinationId").asString(),
                    one.path("primary").asBoolean() ? "yes" : "");
        }
        table.print(out());
    }

    private static String path(Organization organization, String destination) {
        return organization.path("/defaults/" + RestClient.segment(destination));
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
