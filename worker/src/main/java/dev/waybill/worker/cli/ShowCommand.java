package dev.waybill.worker.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// Shows what became of a delivery.
@Command(name = "show", description = "Show a delivery with its routes and attempts.")
public final class ShowCommand implements Callable<Integer> {

    private static final long MICROS_PER_MILLI = 1_000;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Worker worker = new Worker();

    @Mixin
    private Organization organization = new Organization();

    @Mixin
    private Output output = new Output();

    @Parameters(paramLabel = "DELIVERY-ID")
    private String deliveryId = "";

    @Override
    public Integer call() {
        try (RestClient client = worker.connect()) {
            JsonNode delivery = client.get("/v1/deliveries/" + RestClient.segment(deliveryId) + "?organization="
                            + RestClient.segment(organization.id()))
                    .body();
            PrintWriter out = spec.commandLine().getOut();
            if (output.isJson()) {
                output.json(out, delivery);
            } else {
                show(delivery, out);
            }
        }
        return Exit.OK;
    }

    private static void show(JsonNode delivery, PrintWriter out) {
        delivery.properties().forEach(field -> {
            if (field.getValue().isValueNode() && !field.getValue().isNull()) {
                out.printf("%-22s %s%n", field.getKey(), field.getValue().asString());
            }
        });
        Table routes =
                new Table("ROUTE", "DESTINATION", "PROVIDER", "STATUS", "ATTEMPTS", "CODE", "MS", "REASON", "ERROR");
        Table attempts =
                new Table("DESTINATION", "ATTEMPT", "STARTED", "OUTCOME", "CODE", "MS", "ERROR", "NEXT", "WORKER");
        boolean attempted = false;
        for (JsonNode route : delivery.path("routes")) {
            String destination = text(route, "destinationName").isEmpty()
                    ? text(route, "destinationId")
                    : text(route, "destinationName");
            routes.row(
                    text(route, "route"),
                    destination,
                    text(route, "provider"),
                    text(route, "status"),
                    text(route, "attemptCount") + "/" + text(route, "maxAttempts"),
                    text(route, "responseCode"),
                    text(route, "responseTimeMs"),
                    text(route, "reason"),
                    text(route, "errorCode"));
            for (JsonNode attempt : route.path("attempts")) {
                attempted = true;
                attempts.row(
                        destination,
                        text(attempt, "attempt"),
                        text(attempt, "startedAt"),
                        text(attempt, "outcome"),
                        text(attempt, "responseCode"),
                        attempt.path("totalMicros").asLong(0) / MICROS_PER_MILLI,
                        text(attempt, "errorCode"),
                        text(attempt, "dueAt"),
                        text(attempt, "worker"));
            }
        }
        out.println();
        routes.print(out);
        if (attempted) {
            out.println();
            attempts.print(out);
        }
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString("");
    }
}
