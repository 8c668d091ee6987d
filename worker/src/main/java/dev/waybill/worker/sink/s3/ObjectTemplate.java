package dev.waybill.worker.sink.s3;

import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.model.Request;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A text with places like `{{payload.type}}`: for keys, metadata and tags of objects.
///
/// The same delivery always gives the same text: dates are those of the request, never of the attempt, so that a
/// repeated attempt finds the object of the one before.
final class ObjectTemplate {

    private static final Pattern PLACE = Pattern.compile("\\{\\{\\s*([^{}]*?)\\s*}}");
    private static final String METADATA = "metadata.";

    /// What most file systems to which an object may be copied can take, with the id before it.
    private static final int FILENAME_BYTES_MAX = 200;

    /// Names of a delivery that no other delivery has.
    private static final Set<String> DISTINCT = Set.of("deliveryId", "name");

    private static final Set<String> OF_DELIVERY = Set.of(
            "deliveryId", "name", "correlationId", "crossSystemReference", "payload.contentType", "payload.filename");

    /// What the members of a batch have in common, or what its first one has.
    private static final Set<String> OF_BOTH = Set.of("organizationId", "payload.type", "year", "month", "day", "hour");

    private static final Set<String> OF_BATCH = Set.of("batchId", "extension");

    private sealed interface Part {
        record Literal(String text) implements Part {}

        record Place(String name) implements Part {}
    }

    private final List<Part> parts;

    private ObjectTemplate(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    /// Reads a template for the object of a delivery.
    ///
    /// @throws IllegalArgumentException if it names a place that there is not
    static ObjectTemplate ofDelivery(String text) {
        return parse(text, OF_DELIVERY, true);
    }

    /// Reads a template for the object of a batch, which must tell it from others.
    ///
    /// @throws IllegalArgumentException if it does not, or names a place that there is not
    static ObjectTemplate ofBatch(String text) {
        ObjectTemplate template = parse(text, OF_BATCH, false);
        if (template.places().noneMatch("batchId"::equals)) {
            throw new IllegalArgumentException("must hold {{batchId}}, or batches would share an object");
        }
        return template;
    }

    private static ObjectTemplate parse(String text, Set<String> names, boolean metadata) {
        List<Part> parts = new ArrayList<>();
        Matcher places = PLACE.matcher(text);
        int end = 0;
        while (places.find()) {
            literal(parts, text.substring(end, places.start()));
            String name = places.group(1);
            boolean isMetadata = metadata && name.startsWith(METADATA) && name.length() > METADATA.length();
            if (!isMetadata && !names.contains(name) && !OF_BOTH.contains(name)) {
                throw new IllegalArgumentException("names a place that there is not");
            }
            parts.add(new Part.Place(name));
            end = places.end();
        }
        literal(parts, text.substring(end));
        return new ObjectTemplate(parts);
    }

    private static void literal(List<Part> parts, String text) {
        if (text.contains("{{") || text.contains("}}")) {
            throw new IllegalArgumentException("has a place that does not end, such as {{payload.type");
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("must not have control characters");
        }
        if (!text.isEmpty()) {
            parts.add(new Part.Literal(text));
        }
    }

    private Stream<String> places() {
        return parts.stream().filter(Part.Place.class::isInstance).map(part -> ((Part.Place) part).name());
    }

    /// Whether no two deliveries give the same text.
    boolean isDistinct() {
        return places().anyMatch(DISTINCT::contains);
    }

    /// The literal text before the first place: what all results begin with.
    String prefix() {
        return !parts.isEmpty() && parts.getFirst() instanceof Part.Literal(String text) ? text : "";
    }

    /// The text for a delivery.
    ///
    /// @param clean what is done to each value
    /// @throws MissingPlaceException if the delivery does not have a value
    String render(Delivery delivery, UnaryOperator<String> clean) throws MissingPlaceException {
        return render(delivery, clean, null, null);
    }

    /// The text for a batch.
    String render(Delivery first, UnaryOperator<String> clean, @Nullable String batchId, @Nullable String extension)
            throws MissingPlaceException {
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            switch (part) {
                case Part.Literal literal -> text.append(literal.text());
                case Part.Place place ->
                    text.append(clean.apply(value(place.name(), first.request(), batchId, extension)));
            }
        }
        return text.toString();
    }

    private static String value(String name, Request request, @Nullable String batchId, @Nullable String extension)
            throws MissingPlaceException {
        String value = switch (name) {
            case "batchId" -> batchId;
            case "extension" -> extension;
            default -> value(name, request);
        };
        if (value == null) {
            throw new MissingPlaceException(name);
        }
        return value;
    }

    private static @Nullable String value(String name, Request request) {
        Payload payload = request.payload();
        ZonedDateTime time = request.requestedAt().atZone(ZoneOffset.UTC);
        return switch (name) {
            case "organizationId" -> request.organizationId();
            case "deliveryId" -> request.deliveryId();
            case "name" -> name(request);
            case "correlationId" -> request.correlationId();
            case "crossSystemReference" -> request.crossSystemReference();
            case "payload.type" -> payload.type();
            case "payload.contentType" -> payload.contentType();
            case "payload.filename" -> payload.filename();
            case "year" -> "%04d".formatted(time.getYear());
            case "month" -> "%02d".formatted(time.getMonthValue());
            case "day" -> "%02d".formatted(time.getDayOfMonth());
            case "hour" -> "%02d".formatted(time.getHour());
            default -> request.metadata().get(name.substring(METADATA.length()));
        };
    }

    /// `<deliveryId>`, or `<deliveryId>-<filename>` where the payload has a file name: as the provider `file` names its
    /// files. Of a long file name only the end is kept, because the extension is there.
    private static String name(Request request) {
        String filename = request.payload().filename();
        if (filename == null || filename.isBlank()) {
            return request.deliveryId();
        }
        String stripped = filename.strip();
        int start = 0;
        while (stripped.substring(start).getBytes(StandardCharsets.UTF_8).length > FILENAME_BYTES_MAX) {
            start = stripped.offsetByCodePoints(start, 1);
        }
        return request.deliveryId() + "-" + stripped.substring(start);
    }

    /// The delivery does not have what the template needs.
    static final class MissingPlaceException extends Exception {
        private static final long serialVersionUID = 1;

        MissingPlaceException(String name) {
            super("the delivery has no " + name + ", which the template needs");
        }
    }
}
