package dev.waybill.worker.sink.email;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A text with places like `{{payload.type}}` and no logic. In HTML every value is escaped: a payload can say anything,
/// and
/// change nothing of the message around it.
final class MessageTemplate {

    /// A value that the delivery does not have.
    static final class MissingValueException extends Exception {
        private static final long serialVersionUID = 1;

        MissingValueException(String name) {
            super("the delivery has no " + name + ", which the message needs");
        }
    }

    /// Gives values by name; null for none.
    @FunctionalInterface
    interface Values {
        @Nullable
        String get(String name);
    }

    private static final Pattern PLACE = Pattern.compile("\\{\\{\\s*([^{}]*?)\\s*}}");
    private static final String METADATA = "metadata.";

    /// What a template can name, beside `metadata.<key>`.
    static final Set<String> NAMES = Set.of(
            "deliveryId",
            "organizationId",
            "correlationId",
            "crossSystemReference",
            "requestedBy",
            "occurredAt",
            "payload.type",
            "payload.contentType",
            "payload.filename",
            "payload.text");

    private sealed interface Part {
        record Literal(String text) implements Part {}

        record Place(String name) implements Part {}
    }

    private final List<Part> parts;
    private final boolean html;

    private MessageTemplate(List<Part> parts, boolean html) {
        this.parts = parts;
        this.html = html;
    }

    /// Reads a template of plain text.
    ///
    /// @throws IllegalArgumentException if it names what there is not
    static MessageTemplate text(String template) {
        return new MessageTemplate(parse(template), false);
    }

    /// Reads a template of HTML.
    ///
    /// @throws IllegalArgumentException if it names what there is not
    static MessageTemplate html(String template) {
        return new MessageTemplate(parse(template), true);
    }

    private static List<Part> parse(String template) {
        List<Part> parts = new ArrayList<>();
        Matcher place = PLACE.matcher(template);
        int end = 0;
        while (place.find()) {
            literal(parts, template.substring(end, place.start()));
            String name = place.group(1);
            if (template.startsWith("{", place.start() - 1) || template.startsWith("}", place.end())) {
                throw new IllegalArgumentException("has {{{ or }}}: every value is escaped, there is no other way");
            }
            if (!NAMES.contains(name) && !(name.startsWith(METADATA) && name.length() > METADATA.length())) {
                throw new IllegalArgumentException("must not name {{" + name + "}}; known are "
                        + String.join(", ", NAMES.stream().sorted().toList()) + " and metadata.<key>");
            }
            parts.add(new Part.Place(name));
            end = place.end();
        }
        literal(parts, template.substring(end));
        return List.copyOf(parts);
    }

    private static void literal(List<Part> parts, String text) {
        if (text.contains("{{") || text.contains("}}")) {
            throw new IllegalArgumentException("has {{ or }} that are no place, such as {{payload.type}}");
        }
        if (!text.isEmpty()) {
            parts.add(new Part.Literal(text));
        }
    }

    /// The text with its values.
    ///
    /// @throws MissingValueException if there is none for one of its places
    String render(Values values) throws MissingValueException {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            switch (part) {
                case Part.Literal(String literal) -> text.append(literal);
                case Part.Place(String name) -> {
                    String value = values.get(name);
                    if (value == null) {
                        throw new MissingValueException(name);
                    }
                    text.append(html ? escaped(value) : value);
                }
            }
        }
        return text.toString();
    }

    /// Safe in text and in quoted attributes.
    private static String escaped(String value) {
        StringBuilder escaped = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
