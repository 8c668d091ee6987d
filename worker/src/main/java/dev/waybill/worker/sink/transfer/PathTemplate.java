package dev.waybill.worker.sink.transfer;

import dev.waybill.topology.model.Request;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A path or a name with places like `{{payload.type}}`. The same request always gives the same text, so that a
/// repeated attempt finds what the one before has written.
///
/// What a place stands for never adds a directory: separators and control characters in it become underscores,
/// and so does a part of a path that would be `.` or `..`.
public final class PathTemplate {

    /// A value that the delivery does not have.
    public static final class MissingValueException extends Exception {
        private static final long serialVersionUID = 1;

        MissingValueException(String name) {
            super("the delivery has no " + name + ", which the name of the file needs");
        }
    }

    private static final Pattern PLACE = Pattern.compile("\\{\\{\\s*([^{}]*?)\\s*}}");
    private static final String METADATA = "metadata.";

    private static final Map<String, Function<Request, @Nullable String>> VALUES = Map.ofEntries(
            Map.entry("deliveryId", Request::deliveryId),
            Map.entry("organizationId", Request::organizationId),
            Map.entry("correlationId", Request::correlationId),
            Map.entry("crossSystemReference", Request::crossSystemReference),
            Map.entry("payload.type", request -> request.payload().type()),
            Map.entry("payload.filename", request -> request.payload().filename()),
            Map.entry("date", request -> time(request, "yyyy-MM-dd")),
            Map.entry("year", request -> time(request, "yyyy")),
            Map.entry("month", request -> time(request, "MM")),
            Map.entry("day", request -> time(request, "dd")),
            Map.entry("hour", request -> time(request, "HH")),
            Map.entry("time", request -> time(request, "HHmmss")));

    /// What a template can name.
    public static final String NAMES = String.join(", ", new TreeSet<>(VALUES.keySet())) + " and metadata.<key>";

    private sealed interface Part {
        record Literal(String text) implements Part {}

        record Place(String name) implements Part {}
    }

    private final List<Part> parts;
    private final boolean isName;

    private PathTemplate(List<Part> parts, boolean isName) {
        this.parts = parts;
        this.isName = isName;
    }

    /// Reads the template of a directory: relative to where the login begins, or absolute.
    ///
    /// @throws IllegalArgumentException if it names what there is not, or leads up by `..`
    public static PathTemplate directory(String template) {
        for (String segment : template.split("/", -1)) {
            if (segment.equals("..")) {
                throw new IllegalArgumentException("must not have .. in it; give the directory itself");
            }
        }
        return new PathTemplate(parse(template), false);
    }

    /// Reads the template of a name.
    ///
    /// @throws IllegalArgumentException if it is empty, has a separator, or names what there is not
    public static PathTemplate name(String template) {
        List<Part> parts = parse(template);
        for (Part part : parts) {
            if (part instanceof Part.Literal(String text) && (text.contains("/") || text.contains("\\"))) {
                throw new IllegalArgumentException("must not have a / in it; that belongs into directory");
            }
        }
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("must not be empty");
        }
        return new PathTemplate(parts, true);
    }

    private static List<Part> parse(String template) {
        List<Part> parts = new ArrayList<>();
        Matcher place = PLACE.matcher(template);
        int end = 0;
        while (place.find()) {
            literal(parts, template.substring(end, place.start()));
            String name = place.group(1);
            if (!VALUES.containsKey(name) && !(name.startsWith(METADATA) && name.length() > METADATA.length())) {
                throw new IllegalArgumentException("must not name {{" + name + "}}; known are " + NAMES);
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
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("has control characters");
        }
        if (!text.isEmpty()) {
            parts.add(new Part.Literal(text));
        }
    }

    /// The directory that every delivery has on its way: what comes before the first place.
    public String begin() {
        if (parts.isEmpty() || !(parts.getFirst() instanceof Part.Literal(String text))) {
            return "";
        }
        return parts.size() == 1 ? text : text.substring(0, text.lastIndexOf('/') + 1);
    }

    /// The text with the values of a request.
    ///
    /// @throws MissingValueException if there is none for one of its places
    public String render(Request request) throws MissingValueException {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            switch (part) {
                case Part.Literal(String literal) -> text.append(literal);
                case Part.Place(String name) -> text.append(clean(value(name, request)));
            }
        }
        return harmless(text.toString());
    }

    private static String value(String name, Request request) throws MissingValueException {
        Function<Request, @Nullable String> known = VALUES.get(name);
        String value = known != null ? known.apply(request) : request.metadata().get(name.substring(METADATA.length()));
        if (value == null || value.isBlank()) {
            throw new MissingValueException(name);
        }
        String text = value.strip();
        return text.equals(".") || text.equals("..") ? "_".repeat(text.length()) : text;
    }

    /// A value is no path.
    static String clean(String value) {
        StringBuilder clean = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            clean.append(c == '/' || c == '\\' || c == ':' || Character.isISOControl(c) ? '_' : c);
        }
        return clean.toString();
    }

    /// Values together could still make a step up, such as `{{payload.type}}` that is `..`.
    private String harmless(String path) {
        String[] segments = path.split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            if (segments[i].equals("..") || (isName && segments[i].equals("."))) {
                segments[i] = "_".repeat(segments[i].length());
            }
        }
        return String.join("/", segments);
    }

    /// When it happened, as the request says; never when it is sent, which changes from attempt to attempt.
    private static String time(Request request, String pattern) {
        Instant when = request.occurredAt() == null ? request.requestedAt() : request.occurredAt();
        return DateTimeFormatter.ofPattern(pattern).format(when.atOffset(ZoneOffset.UTC));
    }
}
