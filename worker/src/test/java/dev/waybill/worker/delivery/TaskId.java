package dev.waybill.worker.delivery;

import dev.waybill.schemas.Headers;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/// Which task a record is or tells of. It travels in a header that the loop hands on to all that it writes of a task.
record TaskId(int partition, long offset) {

    private static final String HEADER = Headers.TRACEPARENT;

    static TaskId of(TopicPartition partition, long offset) {
        return new TaskId(partition.partition(), offset);
    }

    static TaskId of(org.apache.kafka.common.header.Headers headers) {
        String text = Headers.text(headers, HEADER);
        if (text == null) {
            throw new AssertionError("a record belongs to no task");
        }
        String[] parts = text.split("/", 2);
        return new TaskId(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
    }

    List<Header> headers() {
        return List.of(new RecordHeader(HEADER, Headers.bytes(toString())));
    }

    @Override
    public String toString() {
        return partition + "/" + offset;
    }
}
