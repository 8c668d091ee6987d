package dev.waybill.worker.cli;

import java.io.PrintWriter;
import java.util.Map;
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
                out.printf("%-24s %s%n", field.getKey(), field.getValue().asString());
            }
        });
        delivery.properties().forEach(field -> {
            if (field.getValue().isArray() && !field.getValue().isEmpty()) {
                out.println();
                out.println(field.getKey());
                list(field.getValue(), out);
            }
        });
        out.flush();
    }

    /// A list of objects as a table whose columns are the values of its first object that are not nested.
    private static void list(JsonNode rows, PrintWriter out) {
        String[] columns = rows.path(0).properties().stream()
                .filter(field -> field.getValue().isValueNode())
                .map(Map.Entry::getKey)
                .toArray(String[]::new);
        if (columns.length == 0) {
            rows.forEach(row -> out.println("  " + row.asString("")));
            return;
        }
        Table table = new Table(columns);
        rows.forEach(row -> {
            Object[] cells = new Object[columns.length];
            for (int i = 0; i < columns.length; i++) {
                cells[i] = row.path(columns[i]).asString("");
            }
            table.row(cells);
        });
        table.print(out);
    }
}
