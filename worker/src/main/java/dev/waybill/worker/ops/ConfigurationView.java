package dev.waybill.worker.ops;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.Destination;
import dev.waybill.avro.DestinationHealth;
import dev.waybill.schemas.Keys;
import dev.waybill.topology.model.Bytes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Destinations, rules and health as the configuration topics have them, up to an offset of each topic.
///
/// It is fed in the order of the topics by one thread and read by many. All destinations of an installation are held in
/// memory, as in the router's global store.
final class ConfigurationView {

    /// A value and where it was read.
    ///
    /// @param offset      of its record
    /// @param replaced    the version that the record took the place of; 0 for none
    /// @param fingerprint of the record's value, see [Bytes#fingerprint]; 0 where nothing asks for it
    record Entry<T>(T value, long offset, long replaced, long fingerprint) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition progress = lock.newCondition();
    private final Map<String, Long> applied = new HashMap<>();
    /// By key, which begins with the organization.
    private final NavigableMap<String, Entry<Destination>> destinations = new TreeMap<>();

    private final NavigableMap<String, Entry<DefaultDestinationRule>> rules = new TreeMap<>();
    private final Map<String, DestinationHealth> health = new HashMap<>();
    private final Map<String, String> keyByDestinationId = new HashMap<>();

    /// @param encoded the record's value
    void apply(String topic, long offset, String key, Destination value, Bytes encoded) {
        locked(() -> {
            Entry<Destination> before = destinations.get(key);
            long replaced = before == null ? 0 : before.value().getVersion();
            destinations.put(key, new Entry<>(value, offset, replaced, encoded.fingerprint()));
            keyByDestinationId.put(value.getDestinationId(), key);
            done(topic, offset);
        });
    }

    void apply(String topic, long offset, String key, DefaultDestinationRule value) {
        locked(() -> {
            Entry<DefaultDestinationRule> before = rules.get(key);
            rules.put(
                    key,
                    new Entry<>(
                            value, offset, before == null ? 0 : before.value().getVersion(), 0));
            done(topic, offset);
        });
    }

    void deleteDestination(String topic, long offset, String key) {
        locked(() -> {
            Entry<Destination> before = destinations.remove(key);
            if (before != null) {
                keyByDestinationId.remove(before.value().getDestinationId(), key);
            }
            done(topic, offset);
        });
    }

    void deleteRule(String topic, long offset, String key) {
        locked(() -> {
            rules.remove(key);
            done(topic, offset);
        });
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

    /// What was told last of a destination that is not well, as it is now: what was told of another version says
    /// nothing.
    Optional<DestinationHealth> health(Destination destination) {
        String key = Keys.destination(destination.getOrganizationId(), destination.getDestinationId());
        return Optional.ofNullable(reading(() -> {
            DestinationHealth told = health.get(key);
            Entry<Destination> current = destinations.get(key);
            return told != null && current != null && isAbout(told, current) ? told : null;
        }));
    }

    private static boolean isAbout(DestinationHealth told, Entry<Destination> current) {
        return told.getDestinationVersion() == current.value().getVersion()
                && (told.getDestinationFingerprint() == 0 || told.getDestinationFingerprint() == current.fingerprint());
    }

    /// A record that changes nothing, such as one that cannot be read.
    void skip(String topic, long offset) {
        locked(() -> done(topic, offset));
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
