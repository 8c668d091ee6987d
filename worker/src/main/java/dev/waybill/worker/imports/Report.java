package dev.waybill.worker.imports;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What an import does, line by line for people and at its end as JSON.
final class Report {

    /// What becomes of a destination or a rule.
    enum Fate {
        CREATED("+"),
        OVERWRITTEN("~"),
        DIFFERENT("~"),
        UNCHANGED("");

        private final String mark;

        Fate(String mark) {
            this.mark = mark;
        }
    }

    private final Consumer<String> lines;
    private final boolean isApplied;
    private final Map<Fate, Integer> counts = new EnumMap<>(Fate.class);
    private final ArrayNode changes = JsonNodeFactory.instance.arrayNode();
    private final ArrayNode notes = JsonNodeFactory.instance.arrayNode();
    private int lost;

    Report(boolean isApplied, Consumer<String> lines) {
        this.isApplied = isApplied;
        this.lines = lines;
    }

    void change(String organization, String subject, Fate fate, Iterable<String> fields) {
        counts.merge(fate, 1, Integer::sum);
        if (fate == Fate.UNCHANGED) {
            return;
        }
        String differing = String.join(", ", fields);
        lines.accept(fate.mark + " " + organization + " " + subject
                + switch (fate) {
                    case OVERWRITTEN -> ": " + differing;
                    case DIFFERENT -> ": " + differing + " differ; only --overwrite changes it";
                    case CREATED, UNCHANGED -> "";
                });
        ObjectNode change = changes.addObject()
                .put("organization", organization)
                .put("subject", subject)
                .put("change", fate.name().toLowerCase(Locale.ROOT));
        ArrayNode names = change.putArray("fields");
        fields.forEach(names::add);
    }

    void note(Note note) {
        lost += note.isLost() ? 1 : 0;
        lines.accept((note.isLost() ? "! " : "  ") + note.organization() + " " + note.subject() + ": " + note.text());
        notes.addObject()
                .put("organization", note.organization())
                .put("subject", note.subject())
                .put("text", note.text())
                .put("lost", note.isLost());
    }

    /// Whether everything is in Waybill as the other system has it, or would be.
    boolean isComplete() {
        return lost == 0 && count(Fate.DIFFERENT) == 0;
    }

    private int count(Fate fate) {
        return counts.getOrDefault(fate, 0);
    }

    String summary(Source source) {
        String counted = "%d created, %d overwritten, %d as they are, %d different, %d not carried over."
                .formatted(
                        count(Fate.CREATED),
                        count(Fate.OVERWRITTEN),
                        count(Fate.UNCHANGED),
                        count(Fate.DIFFERENT),
                        lost);
        return "Read %d destinations and %d default destinations.%n"
                        .formatted(
                                source.destinations().size(), source.defaults().size())
                + (isApplied ? counted : "With --apply: " + counted + " Nothing was changed.");
    }

    ObjectNode json(Source source) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("applied", isApplied);
        json.putObject("read")
                .put("destinations", source.destinations().size())
                .put("defaults", source.defaults().size());
        ObjectNode counted = json.putObject("counts");
        for (Fate fate : Fate.values()) {
            counted.put(fate.name().toLowerCase(Locale.ROOT), count(fate));
        }
        counted.put("lost", lost);
        json.set("changes", changes);
        json.set("notes", notes);
        return json;
    }
}
