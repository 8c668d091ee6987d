package dev.waybill.worker.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Says where a request would go, and why.
@Command(name = "explain", description = "Say where a request would go, and why. Nothing is sent.")
public final class ExplainCommand implements Callable<Integer> {

    private static final JsonMapper JSON = new JsonMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Worker worker = new Worker();

    @Mixin
    private Organization organization = new Organization();

    @Mixin
    private Output output = new Output();

    @Option(names = "--type", required = true, description = "payload type")
    private String type = "";

    @Option(names = "--bytes", paramLabel = "N", description = "length of the payload")
    private @Nullable Integer bytes;

    @Option(names = "--role", description = "role of the requesting user")
    private @Nullable String role;

    @Option(names = "--tag", description = "tag of the request")
    private List<String> tags = new ArrayList<>();

    @Option(names = "--metadata", paramLabel = "KEY=VALUE", description = "metadata of the request")
    private Map<String, String> metadata = new LinkedHashMap<>();

    @Option(names = "--at", paramLabel = "TIME", description = "when it happened (occurredAt); default: now")
    private @Nullable String at;

    @Option(names = "--destination", description = "a destination that the request names")
    private List<String> destinations = new ArrayList<>();

    @Option(names = "--id", description = "deliveryId, from which load balancing draws; default: a new one")
    private @Nullable String deliveryId;

    @Option(names = "--correlation-id", description = "correlationId, for rules that keep it together")
    private @Nullable String correlationId;

    @Override
    public Integer call() {
        try (RestClient client = worker.connect()) {
            JsonNode explanation =
                    client.post(organization.path("/routes/explain"), json()).body();
            PrintWriter out = spec.commandLine().getOut();
            if (output.isJson()) {
                output.json(out, explanation);
            } else {
                show(explanation, out);
            }
        }
        return Exit.OK;
    }

    private ObjectNode json() {
        ObjectNode body = JSON.createObjectNode();
        body.put("deliveryId", deliveryId)
                .put("type", type)
                .put("bytes", bytes)
                .put("userRole", role)
                .put("occurredAt", at)
                .put("correlationId", correlationId);
        body.set("tags", JSON.valueToTree(tags));
        body.set("metadata", JSON.valueToTree(metadata));
        body.set("destinations", JSON.valueToTree(destinations));
        return body;
    }

    private static void show(JsonNode explanation, PrintWriter out) {
        if (!explanation.path("rules").isEmpty()) {
            Table rules = new Table("RULE", "VERSION", "PRIORITY", "SELECTION", "VERDICT");
            explanation
                    .path("rules")
                    .forEach(rule -> rules.row(
                            rule.path("ruleId").asString(),
                            rule.path("version").asLong(),
                            rule.path("priority").asInt(),
                            rule.path("selection").asString(),
                            verdict(rule)));
            rules.print(out);
            out.println();
        }
        if (explanation.path("routes").isEmpty()) {
            out.println("It goes nowhere: " + explanation.path("outcome").asString());
            return;
        }
        Table routes = new Table("ROUTE", "RULE", "TIER", "DESTINATION", "VERDICT", "REASON");
        for (JsonNode route : explanation.path("routes")) {
            for (JsonNode candidate : route.path("candidates")) {
                routes.row(
                        route.path("route").asInt(),
                        route.path("ruleId").asString(""),
                        candidate.path("tier").asString(""),
                        candidate
                                .path("name")
                                .asString(candidate.path("destinationId").asString()),
                        candidate.path("verdict").asString(),
                        candidate.path("reason").asString(""));
            }
        }
        routes.print(out);
    }

    private static String verdict(JsonNode rule) {
        if (rule.path("decides").asBoolean()) {
            return "decides";
        }
        if (!rule.path("inForce").asBoolean()) {
            return "not in force";
        }
        return rule.path("matches").asBoolean()
                ? "matches, but an earlier rule decides"
                : "fails: "
                        + rule.path("failedConditions")
                                .valueStream()
                                .map(JsonNode::asString)
                                .collect(Collectors.joining(", "));
    }
}
