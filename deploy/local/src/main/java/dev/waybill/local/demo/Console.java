package dev.waybill.local.demo;

import java.io.PrintStream;
import java.util.List;

/// What the demo prints. No colour where nobody sees it.
final class Console {

    private static final String GREEN = "\u001b[32m";
    private static final String RED = "\u001b[31m";
    private static final String BOLD = "\u001b[1m";
    private static final String RESET = "\u001b[0m";

    private final PrintStream out;
    private final boolean colour;

    Console(PrintStream out, boolean colour) {
        this.out = out;
        this.colour = colour;
    }

    void line(String text) {
        out.println(text);
    }

    void title(String text) {
        out.println(paint(BOLD, text));
    }

    void passed(String text) {
        out.println("  " + paint(GREEN, "ok") + " " + text);
    }

    void failed(String text) {
        out.println("  " + paint(RED, "no") + " " + text);
    }

    /// Columns as wide as their widest cell.
    void table(List<String> heads, List<List<String>> rows) {
        int[] widths = heads.stream().mapToInt(String::length).toArray();
        rows.forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        title(format(heads, widths));
        rows.forEach(row -> line(format(row, widths)));
    }

    private static String format(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            line.append(cells.get(i)).repeat(" ", widths[i] - cells.get(i).length() + 2);
        }
        return line.toString().stripTrailing();
    }

    private String paint(String code, String text) {
        return colour ? code + text + RESET : text;
    }
}
