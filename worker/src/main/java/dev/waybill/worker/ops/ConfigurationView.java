package dev.waybill.worker.ops;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.Destination;
import dev.waybill.avro.DestinationHealth;
import dev.waybill.avro.DestinationTest;
import dev.waybill.avro.RuleTemplate;
import dev.waybill.schemas.Keys;
import dev.waybill.topology.model.Bytes;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/// Destinations, rules, templates and health as the configuration topics have them, up to an offset of each topic.
///
/// It is fed in the order of the topics by one thread and read by many. All destinations of an installation are held in
/// memory, as in the router's global store.
final class ConfigurationView {

    /// A value and where it was read.
    ///
    /// @param offset      of its record
    /// @param fingerprint of the record's value, see [Bytes#fingerprint]; 0 where nothing asks for it
    record Entry<T>(T value, long offset, long fingerprint) {}

    private record Place(String topic, long offset) {}

    /// What was replaced last is asked for right after the change that replaced it.
    private static final int REPLACED_MAX = 1_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition progress = lock.newCondition();
    private final Map<String, Long> applied = new HashMap<>();
    /// By key, which begins with the organization.
    private final NavigableMap<String, Entry<Destination>> destinations = new TreeMap<>();

    private final NavigableMap<String, Entry<DefaultDestinationRule>> rules = new TreeMap<>();
    private final NavigableMap<String, Entry<RuleTemplate>> templates = new TreeMap<>();
    private final Map<String, DestinationHealth> health = new HashMap<>();
    private final Map<String, DestinationTest> tests = new HashMap<>();
    /// Keys of those that are to be tested without being asked: few of many.
    private final Set<String> scheduled = new HashSet<>();
    private final Map<String, String> keyByDestinationId = new HashMap<>();
    private final Map<Place, SpecificRecord> replaced = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, SpecificRecord> eldest) {
            return size() > REPLACED_MAX;
        }
    };

    /// @param encoded the record's value
    void apply(String topic, long offset, String key, Destination value, Bytes encoded) {
        locked(() -> {
            put(destinations, topic, key, new Entry<>(value, offset, encoded.fingerprint()));
            keyByDestinationId.put(value.getDestinationId(), key);
            if (testInterval(value).isEmpty()) {
                scheduled.remove(key);
            } else {
                scheduled.add(key);
            }
        });
    }

    void apply(String topic, long offset, String key, DefaultDestinationRule value) {
        locked(() -> put(rules, topic, key, new Entry<>(value, offset, 0)));
    }

    void apply(String topic, long offset, String key, RuleTemplate value) {
        locked(() -> put(templates, topic, key, new Entry<>(value, offset, 0)));
    }

    void deleteDestination(String topic, long offset, String key) {
        locked(() -> {
            Entry<Destination> before = remove(destinations, topic, offset, key);
            if (before != null) {
                keyByDestinationId.remove(before.value().getDestinationId(), key);
            }
            scheduled.remove(key);
        });
    }

    void deleteRule(String topic, long offset, String key) {
        locked(() -> remove(rules, topic, offset, key));
    }

    void deleteTemplate(String topic, long offset, String key) {
        locked(() -> remove(templates, topic, offset, key));
    }

    private <T extends SpecificRecord> void put(Map<String, Entry<T>> all, String topic, String key, Entry<T> entry) {
        replaced(topic, entry.offset(), all.put(key, entry));
    }

    private <T extends SpecificRecord> @Nullable Entry<T> remove(
            Map<String, Entry<T>> all, String topic, long offset, String key) {
        Entry<T> before = all.remove(key);
        replaced(topic, offset, before);
        return before;
    }

    private void replaced(String topic, long offset, @Nullable Entry<? extends SpecificRecord> before) {
        if (before != null) {
            replaced.put(new Place(topic, offset), before.value());
        }
        done(topic, offset);
    }

    /// What the record at an offset took the place of; none for a new key, and for what was long ago.
    Optional<SpecificRecord> replacedBy(String topic, long offset) {
        return Optional.ofNullable(reading(() -> replaced.get(new Place(topic, offset))));
    }

    /// How a destination is doing; null if well.
    void apply(String topic, long offset, String key, @Nullable DestinationHealth value) {
        locked(() -> {
            if (value == null) {
                health.remove(key);
            } else {
                health.put(key, value);
            }
            done(topic, offset);
        });
    }

    /// What the last test of a destination found; null if nothing is known of one.
    void apply(String topic, long offset, String key, @Nullable DestinationTest value) {
        locked(() -> {
            if (value == null) {
                tests.remove(key);
            } else {
                tests.put(key, value);
            }
            done(topic, offset);
        });
    }

    /// The last test of the destination as it is now: what was found of another version says nothing.
    Optional<DestinationTest> test(Destination destination) {
        String key = Keys.destination(destination.getOrganizationId(), destination.getDestinationId());
        return Optional.ofNullable(reading(() -> {
            DestinationTest test = tests.get(key);
            Entry<Destination> current = destinations.get(key);
            return test != null
                            && current != null
                            && isOf(current, test.getDestinationVersion(), test.getDestinationFingerprint())
                    ? test
                    : null;
        }));
    }

    /// How often a destination is to be tested without being asked; none if never.
    static Optional<Duration> testInterval(Destination destination) {
        DeliveryPolicy policy = destination.getPolicy();
        Long millis = policy == null ? null : policy.getTestIntervalMs();
        return millis == null || millis <= 0 || !destination.getEnabled()
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(millis));
    }

    /// Those that are to be tested without being asked.
    List<Entry<Destination>> scheduledTests() {
        return reading(() -> scheduled.stream()
                .map(destinations::get)
                .filter(Objects::nonNull)
                .toList());
    }

    /// What was told last of a destination that is not well, as it is now: what was told of another version says
    /// nothing.
    Optional<DestinationHealth> health(Destination destination) {
        String key = Keys.destination(destination.getOrganizationId(), destination.getDestinationId());
        return Optional.ofNullable(reading(() -> {
            DestinationHealth told = health.get(key);
            Entry<Destination> current = destinations.get(key);
            return told != null
                            && current != null
                            && isOf(current, told.getDestinationVersion(), told.getDestinationFingerprint())
                    ? told
                    : null;
        }));
    }

    private static boolean isOf(Entry<Destination> current, long version, long fingerprint) {
        return version == current.value().getVersion() && (fingerprint == 0 || fingerprint == current.fingerprint());
    }

    /// A record that changes nothing, such as one that cannot be read.
    void skip(String topic, long offset) {
        locked(() -> done(topic, offset));
    }

    /// The offset of the last record of a topic that has been read; none before the first.
    Optional<Long> applied(String topic) {
        return Optional.ofNullable(reading(() -> applied.get(topic)));
    }

    /// Waits until the record at the offset has been applied.
    ///
    /// @return whether it has
    boolean await(String topic, long offset, Duration patience) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = patience.toNanos();
            while (applied.getOrDefault(topic, -1L) < offset) {
                if (left <= 0) {
                    return false;
                }
                left = progress.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    Optional<Entry<Destination>> destination(String organization, String destinationId) {
        return Optional.ofNullable(reading(() -> destinations.get(Keys.destination(organization, destinationId))));
    }

    /// Those of an organization with that name; more than one only while two writers race.
    List<Entry<Destination>> named(String organization, String name) {
        return destinations(organization).stream()
                .filter(entry -> entry.value().getName().equals(name))
                .toList();
    }

    /// The organization's destination of that id or name.
    Optional<Destination> find(String organization, String idOrName) {
        return DestinationJson.uuid(idOrName)
                .flatMap(id -> destination(organization, id.toString()))
                .or(() -> named(organization, idOrName).stream().findFirst())
                .map(Entry::value);
    }

    List<Entry<Destination>> destinations(String organization) {
        return reading(() -> List.copyOf(of(destinations, organization).values()));
    }

    /// The organization that has a destination of this id.
    Optional<String> ownerOf(String destinationId) {
        @Nullable String key = reading(() -> keyByDestinationId.get(destinationId));
        return Optional.ofNullable(key).map(Keys::organizationOf);
    }

    Optional<Entry<DefaultDestinationRule>> rule(String organization, String ruleId) {
        return Optional.ofNullable(reading(() -> rules.get(Keys.rule(organization, ruleId))));
    }

    List<Entry<DefaultDestinationRule>> rules(String organization) {
        return reading(() -> List.copyOf(of(rules, organization).values()));
    }

    Optional<Entry<RuleTemplate>> template(String templateId) {
        return Optional.ofNullable(reading(() -> templates.get(templateId)));
    }

    List<Entry<RuleTemplate>> templates() {
        return reading(() -> List.copyOf(templates.values()));
    }

    private static <T> Map<String, T> of(NavigableMap<String, T> all, String organization) {
        // '0' is the character after '/'.
        return all.subMap(organization + "/", true, organization + "0", false);
    }

    private void done(String topic, long offset) {
        applied.put(topic, offset);
        progress.signalAll();
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }

    private <T extends @Nullable Object> T reading(Supplier<T> read) {
        lock.lock();
        try {
            return read.get();
        } finally {
            lock.unlock();
        }
    }
}
