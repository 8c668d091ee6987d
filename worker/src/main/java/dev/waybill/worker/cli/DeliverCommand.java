package dev.waybill.worker.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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

/// Asks for one delivery.
@Command(
        name = "deliver",
        description =
                "Deliver a payload from a file or standard input. With --wait, exit code 1 unless it is delivered.")
public final class DeliverCommand implements Callable<Integer> {

    private static final JsonMapper JSON = new JsonMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Worker worker = new Worker();

    @Mixin
    private Organization organization = new Organization();

    @Mixin
    private Output output = new Output();

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "the payload; without one, or with -, standard input")
    private @Nullable Path file;

    @Option(
            names = {"-d", "--destination"},
            paramLabel = "ID-OR-NAME",
            description = "where to; may be repeated; without one, the organization's rules decide")
    private List<String> destinations = new ArrayList<>();

    @Option(names = "--type", defaultValue = "cli.message", description = "payload type (default ${DEFAULT-VALUE})")
    private String type = "";

    @Option(
            names = "--content-type",
            defaultValue = "application/octet-stream",
            description = "media type (default ${DEFAULT-VALUE})")
    private String contentType = "";

    @Option(names = "--delivery-id", paramLabel = "ID", description = "chosen by you; default: a random one")
    private @Nullable String deliveryId;

    @Option(names = "--idempotency-key", paramLabel = "KEY", description = "requests with the same key are one")
    private @Nullable String idempotencyKey;

    @Option(names = "--correlation-id", paramLabel = "ID", description = "passed through to result and rows")
    private @Nullable String correlationId;

    @Option(names = "--header", paramLabel = "NAME=VALUE", description = "passed on where the destination allows it")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(names = "--metadata", paramLabel = "KEY=VALUE", description = "kept with the delivery, never sent")
    private Map<String, String> metadata = new LinkedHashMap<>();

    @Option(
            names = "--wait",
            arity = "0..1",
            fallbackValue = "30",
            paramLabel = "SECONDS",
            description = "wait for the result (default ${FALLBACK-VALUE} s)")
    private @Nullable Integer wait;

    @Override
    public Integer call() throws IOException {
        String path = organization.path("/deliveries") + (wait == null ? "" : "?wait=" + wait);
        try (RestClient client = worker.connect()) {
            RestClient.Answer answer = client.post(path, body());
            show(answer.body());
            if (wait == null) {
                return Exit.OK;
            }
            if (answer.status() == 202) {
                spec.commandLine()
                        .getErr()
                        .println("waybill: no result within " + wait + " s; look later with `waybill show "
                                + answer.body().path("deliveryId").asString() + " --organization " + organization.id()
                                + "`");
                return Exit.FAILED;
            }
            return answer.body().path("status").asString().equals("DELIVERED") ? Exit.OK : Exit.FAILED;
        }
    }

    private ObjectNode body() throws IOException {
        byte[] payload =
                file == null || file.toString().equals("-") ? System.in.readAllBytes() : Files.readAllBytes(file);
        ObjectNode body = JSON.createObjectNode();
        ObjectNode json = body.putObject("payload");
        json.put("type", type);
        json.put("contentType", contentType);
        json.put("base64", Base64.getEncoder().encodeToString(payload));
        if (file != null && file.getFileName() != null && !file.toString().equals("-")) {
            json.put("filename", file.getFileName().toString());
        }
        body.set("destinations", JSON.valueToTree(destinations));
        body.set("headers", JSON.valueToTree(headers));
        body.set("metadata", JSON.valueToTree(metadata));
        body.put("deliveryId", deliveryId);
        body.put("idempotencyKey", idempotencyKey);
        body.put("correlationId", correlationId);
        return body;
    }

    private void show(JsonNode answer) {
        var out = spec.commandLine().getOut();
        if (output.isJson()) {
            output.json(out, answer);
            return;
        }
        new Table("DELIVERY", "STATUS", "REASON")
                .row(
                        answer.path("deliveryId").asString(),
                        answer.path("status").asString(),
                        answer.path("reason").asString(""))
                .print(out);
        if (answer.has("routes")) {
            Table routes = new Table("ROUTE", "STATUS", "DESTINATION", "ATTEMPTS", "CODE", "ERROR");
            answer.path("routes")
                    .forEach(route -> routes.row(
                            route.path("route").asInt(),
                            route.path("status").asString(),
                            route.path("destinationId").asString(""),
                            route.path("attempts").asInt(),
                            route.path("responseCode").asString(""),
                            route.path("errorCode").asString("")));
            routes.print(out);
        }
    }
}
