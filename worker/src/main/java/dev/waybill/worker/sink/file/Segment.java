package dev.waybill.worker.sink.file;

import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Payload;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.BatchId;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Several payloads in one file, and an index beside it that says which they are. Both depend on the members
/// only, so that a repeated attempt with the same members finds what the one before has written.
///
/// ```
///   20260301T120000.000000Z-batch_4mX….ndjson         one payload after the other
///   20260301T120000.000000Z-batch_4mX….ndjson.index   {"id":"d-1","offset":0,"length":120,…} for each, in order
/// ```
///
/// @param name    begins with the time at which the first member was accepted, so that segments sort by age
/// @param content the payloads
/// @param index   a line of JSON for each
record Segment(String name, Bytes content, Bytes index) {

    static final String INDEX = ".index";

    /// Payloads one after the other, each of one line.
    static final String NDJSON = "ndjson";

    /// Payloads one after the other, with nothing between them: the index says where each begins.
    static final String CONCAT = "concat";

    static final List<String> FORMATS = List.of(NDJSON, CONCAT);

    private static final JsonMapper JSON = new JsonMapper();

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    /// Whether a payload can stand in a segment of this format; null is none.
    static boolean takes(@Nullable String format, Payload payload) {
        Bytes body = payload.body();
        if (format == null || body == null) {
            return false;
        }
        return !format.equals(NDJSON) || isOneLine(body.array());
    }

    private static boolean isOneLine(byte[] body) {
        for (byte b : body) {
            if (b == '\n' || b == '\r') {
                return false;
            }
        }
        return body.length > 0;
    }

    static Segment of(String format, List<Attempt> attempts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        StringBuilder index = new StringBuilder();
        for (Attempt attempt : attempts) {
            Delivery delivery = attempt.delivery();
            Payload payload = delivery.request().payload();
            Bytes body = Objects.requireNonNull(payload.body());
            index.append(line(delivery, payload, content.size(), body.size())).append('\n');
            content.writeBytes(body.array());
            if (format.equals(NDJSON)) {
                content.write('\n');
            }
        }
        return new Segment(
                name(format, attempts),
                Bytes.of(content.toByteArray()),
                Bytes.of(index.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static String name(String format, List<Attempt> attempts) {
        List<String> ids = attempts.stream().map(one -> one.delivery().id()).toList();
        String time = TIME.format(attempts.getFirst().delivery().queuedAt());
        return time + "-" + BatchId.of(ids) + "." + (format.equals(NDJSON) ? NDJSON : "segment");
    }

    private static String line(Delivery delivery, Payload payload, int offset, int length) {
        ObjectNode line = JSON.createObjectNode();
        line.put("id", delivery.id());
        line.put("offset", offset);
        line.put("length", length);
        line.put("type", payload.type());
        line.put("contentType", payload.contentType());
        if (payload.filename() != null) {
            line.put("filename", payload.filename());
        }
        return JSON.writeValueAsString(line);
    }
}
