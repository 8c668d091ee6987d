package dev.waybill.worker.sink.file;

import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Payload;
import dev.waybill.worker.sink.Attempt;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What a batch adds to a segment.
///
/// @param count   payloads
/// @param content their bytes
/// @param index   a line of JSON for each: `{"id":"d-1","offset":0,"length":120,…}`
record Members(int count, Bytes content, Bytes index) {

    private static final JsonMapper JSON = new JsonMapper();

    /// The members of a batch, in order.
    ///
    /// @param offset in the segment, at which the first of them begins
    static Members of(SegmentFormat format, List<Attempt> attempts, long offset) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        StringBuilder index = new StringBuilder();
        for (Attempt attempt : attempts) {
            Delivery delivery = attempt.delivery();
            Payload payload = delivery.request().payload();
            Bytes body = Objects.requireNonNull(payload.body());
            index.append(line(delivery, payload, offset + content.size(), body.size()))
                    .append('\n');
            content.writeBytes(body.array());
            if (format == SegmentFormat.NDJSON) {
                content.write('\n');
            }
        }
        return new Members(
                attempts.size(),
                Bytes.of(content.toByteArray()),
                Bytes.of(index.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static String line(Delivery delivery, Payload payload, long offset, int length) {
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
