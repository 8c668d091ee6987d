package dev.waybill.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The figures of a benchmark: printed as a table, written as JSON.
public final class Report {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final String benchmark;
    private final List<String> columns;
    private final List<List<String>> lines = new ArrayList<>();
    private final List<Map<String, Object>> figures = new ArrayList<>();
    private final Map<String, Object> summary = new LinkedHashMap<>();

    public Report(String benchmark, List<String> columns) {
        this.benchmark = benchmark;
        this.columns = List.copyOf(columns);
    }

    /// Adds what one run came to.
    ///
    /// @param line   a text for each column
    /// @param values the same for machines
    public void add(List<String> line, Map<String, ?> values) {
        lines.add(List.copyOf(line));
        figures.add(new LinkedHashMap<>(values));
    }

    /// A figure of the whole benchmark, for example a ratio.
    public void summarize(String name, Object value) {
        summary.put(name, value);
    }

    public void print() {
        int[] widths = IntStream.range(0, columns.size())
                .map(i -> Math.max(
                        columns.get(i).length(),
                        lines.stream()
                                .mapToInt(line -> line.get(i).length())
                                .max()
                                .orElse(0)))
                .toArray();
        System.out.println();
        print(columns, widths);
        lines.forEach(line -> print(line, widths));
        System.out.println();
        summary.forEach((name, value) ->
                System.out.println(name + ": " + (value instanceof Double number ? "%.2f".formatted(number) : value)));
    }

    private static void print(List<String> cells, int[] widths) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = cells.get(i);
            String space = " ".repeat(widths[i] - cell.length());
            text.append(i == 0 ? cell + space : "  " + space + cell);
        }
        System.out.println(text.toString().stripTrailing());
    }

    /// Writes `<benchmark>.json`.
    public void write(Path folder) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("benchmark", benchmark);
        all.put("machine", Machine.here());
        all.put("summary", summary);
        all.put("runs", figures);
        try {
            Path file = Files.createDirectories(folder).resolve(benchmark + ".json");
            Files.write(file, JSON.writeValueAsBytes(all));
            System.out.println("All figures: " + file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
