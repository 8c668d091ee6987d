package dev.waybill.worker.cli;

import dev.waybill.worker.cli.OrganizationFile.Difference;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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

/// Makes what an organization has what a file says. What changed since it was compared is left alone.
@Command(
        name = "import",
        description = "Show what a YAML file would change in an organization's destinations and rules, and with --apply"
                + " change it.")
final class ImportCommand implements Callable<Integer> {

    private static final JsonMapper JSON = new JsonMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Worker worker = new Worker();

    @Mixin
    private Organization organization = new Organization();

    @Mixin
    private Output output = new Output();

    @Option(names = "--apply", description = "change it")
    private boolean apply;

    @Option(names = "--prune", description = "delete what is not in the file; otherwise it is only listed")
    private boolean prune;

    @Parameters(paramLabel = "FILE", description = "a file as `export` writes it; - for standard input")
    private String file = "";

    @Override
    public Integer call() {
        try (RestClient client = worker.connect()) {
            JsonNode destinations =
                    client.get(organization.path("/destinations")).body().path("destinations");
            JsonNode rules = client.get(organization.path("/rules")).body().path("rules");
            Map<String, String> names = new HashMap<>();
            destinations.forEach(one -> names.put(
                    one.path("destinationId").asString(), one.path("name").asString()));
            List<Difference> differences =
                    OrganizationFile.of(destinations, rules).to(OrganizationFile.parse(read(), names));
            List<Difference> changes = inOrder(differences);
            Map<String, String> failed =
                    apply ? apply(client, changes, versions(destinations, rules)) : new HashMap<>();
            if (output.isJson()) {
                output.json(out(), json(differences, failed));
            } else {
                print(differences, changes, failed);
            }
            return failed.isEmpty() ? Exit.OK : Exit.FAILED;
        }
    }

    private String read() {
        try {
            return file.equals("-")
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new CommandException(Exit.USAGE, file + " cannot be read: " + e.getMessage());
        }
    }

    /// Destinations come before the rules that name them, and go after them. What is not in the file stays, if not
    /// asked
    /// otherwise.
    private List<Difference> inOrder(List<Difference> differences) {
        List<Difference> changes = new ArrayList<>(
                differences.stream().filter(one -> one.after() != null).toList());
        if (prune) {
            changes.addAll(differences.reversed().stream()
                    .filter(one -> one.after() == null)
                    .toList());
        }
        return changes;
    }

    private static Map<String, Long> versions(JsonNode destinations, JsonNode rules) {
        Map<String, Long> versions = new HashMap<>();
        destinations.forEach(one -> versions.put(
                "destinations." + one.path("name").asString(),
                one.path("version").asLong()));
        rules.forEach(one -> versions.put(
                "rules." + one.path("ruleId").asString(), one.path("version").asLong()));
        return versions;
    }

    /// One that fails does not stop the others.
    ///
    /// @return why, by what failed
    private Map<String, String> apply(RestClient client, List<Difference> changes, Map<String, Long> versions) {
        Map<String, String> failed = new HashMap<>();
        for (Difference change : changes) {
            String key = key(change);
            String path = organization.path("/" + change.section() + "/" + RestClient.segment(change.id()));
            Long version = versions.get(key);
            String[] condition = version == null
                    ? new String[] {"If-None-Match", "*"}
                    : new String[] {"If-Match", "\"" + version + "\""};
            try {
                if (change.after() == null) {
                    client.delete(path, condition);
                } else {
                    client.put(path, change.after(), condition);
                }
            } catch (CommandException e) {
                if (e.exitCode() == Exit.MISSING) {
                    throw e;
                }
                failed.put(key, String.valueOf(e.getMessage()));
            }
        }
        return failed;
    }

    private static String key(Difference change) {
        return change.section() + "." + change.id();
    }

    private void print(List<Difference> differences, List<Difference> changes, Map<String, String> failed) {
        for (Difference one : differences) {
            one.lines().forEach(out()::println);
            if (!changes.contains(one)) {
                out().println("    not in the file, and stays without --prune");
            }
            if (failed.containsKey(key(one))) {
                out().println("    FAILED: " + failed.get(key(one)));
            }
        }
        out().println(
                        changes.isEmpty()
                                ? "No difference."
                                : apply
                                        ? changes.size() - failed.size() + " of " + changes.size() + " changes made."
                                        : "Nothing was changed; " + changes.size() + " changes with --apply.");
        out().flush();
    }

    private JsonNode json(List<Difference> differences, Map<String, String> failed) {
        ObjectNode body = JSON.createObjectNode().put("applied", apply);
        ArrayNode all = body.putArray("differences");
        for (Difference one : differences) {
            ObjectNode json = all.addObject().put("item", key(one));
            json.set("before", one.before());
            json.set("after", one.after());
            json.put("error", failed.get(key(one)));
        }
        return body;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
