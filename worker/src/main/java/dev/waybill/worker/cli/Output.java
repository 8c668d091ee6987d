package dev.waybill.worker.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// How a command shows its answer.
public final class Output {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /// Formats of an answer.
    public enum Format {
        table,
        json
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table (for people, the default) or json")
    private Format format = Format.table;

    public boolean isJson() {
        return format == Format.json;
    }

    public void json(PrintWriter out, JsonNode node) {
        out.println(JSON.writeValueAsString(node));
        out.flush();
    }
}
