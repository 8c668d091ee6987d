package dev.waybill.worker.ops;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.Destination;
import dev.waybill.avro.DestinationHealth;
import dev.waybill.avro.DestinationTest;
import dev.waybill.avro.RuleTemplate;
import dev.waybill.topology.model.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/// Configuration topics in memory: what is written is applied to the view at once, after what others wrote before.
final class FakeConfigurationTopics implements ConfigurationWriter {

    private final ConfigurationView view;
    private final Map<String, Long> ends = new HashMap<>();
    private final Map<String, Boolean> last = new HashMap<>();
    private final Queue<Change> before = new ArrayDeque<>();

    FakeConfigurationTopics(ConfigurationView view) {
        this.view = view;
    }

    /// Another worker's record reaches the topic just before the next one written here.
    void another(Change change) {
        before.add(change);
    }

    @Override
    public long write(Change change) {
        Change other = before.poll();
        if (other != null) {
            append(other);
        }
        return append(change);
    }

    /// Another worker's record.
    long append(Change change) {
        long offset = ends.merge(change.topic(), 1L, Long::sum) - 1;
        last.put(change.topic() + " " + change.key(), change.value() != null);
        switch (change.value()) {
            case null -> {
                if (change.topic().endsWith("rules")) {
                    view.deleteRule(change.topic(), offset, change.key());
                } else if (change.topic().endsWith("templates")) {
                    view.deleteTemplate(change.topic(), offset, change.key());
                } else if (change.topic().endsWith("health")) {
                    view.apply(change.topic(), offset, change.key(), (DestinationHealth) null);
                } else if (change.topic().endsWith("tests")) {
                    view.apply(change.topic(), offset, change.key(), (DestinationTest) null);
                } else {
                    view.deleteDestination(change.topic(), offset, change.key());
                }
            }
            case Destination value -> view.apply(change.topic(), offset, change.key(), copy(value), encoded(value));
            case DefaultDestinationRule value -> view.apply(change.topic(), offset, change.key(), copy(value));
            case RuleTemplate value -> view.apply(change.topic(), offset, change.key(), copy(value));
            case DestinationTest value -> view.apply(change.topic(), offset, change.key(), copy(value));
            default -> throw new IllegalArgumentException("no configuration: " + change);
        }
        return offset;
    }

    /// Whether the last record of a key has a value.
    boolean has(String topic, String key) {
        return last.getOrDefault(topic + " " + key, false);
    }

    static Bytes encoded(Destination value) {
        try {
            return Bytes.of(value.toByteBuffer());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T extends SpecificRecord> T copy(T value) {
        return SpecificData.get().deepCopy(value.getSchema(), value);
    }
}
