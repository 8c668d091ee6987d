package dev.waybill.local.embedded.registry;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/// The registry's rules. Changes are made one at a time and count once the topic holds them; reading takes no lock.
final class Registry {

    private final SchemasTopic topic;
    private final ReentrantLock changing = new ReentrantLock();
    private volatile RegistryState state = RegistryState.empty();

    Registry(SchemasTopic topic) {
        this.topic = topic;
        topic.replay(event -> state = state.apply(event));
    }

    RegistryState state() {
        return state;
    }

    /// The schema as the registry keeps and compares it.
    static Schema parse(String schema) {
        try {
            return new Schema.Parser().parse(schema);
        } catch (AvroRuntimeException e) {
            throw RegistryProblem.invalidSchema(String.valueOf(e.getMessage()));
        }
    }

    SchemaVersion register(String subject, String text) {
        Schema schema = parse(text);
        changing.lock();
        try {
            Optional<SchemaVersion> known = find(subject, schema, false);
            if (known.isPresent()) {
                return known.get();
            }
            objection(subject, schema, state.versionsOf(subject, false)).ifPresent(why -> {
                throw RegistryProblem.incompatible(subject, why);
            });
            int number = 1
                    + state.versionsOf(subject, true).stream()
                            .mapToInt(SchemaVersion::version)
                            .max()
                            .orElse(0);
            var version = new SchemaVersion(subject, number, state.idFor(schema.toString()), schema.toString(), false);
            change(new RegistryEvent.VersionSet(version));
            return version;
        } finally {
            changing.unlock();
        }
    }

    Optional<SchemaVersion> find(String subject, Schema schema, boolean deletedToo) {
        return state.versionsOf(subject, deletedToo).stream()
                .filter(version -> version.schema().equals(schema.toString()))
                .findFirst();
    }

    /// All versions of a subject that exists.
    List<SchemaVersion> versions(String subject, boolean deletedToo) {
        List<SchemaVersion> versions = state.versionsOf(subject, deletedToo);
        if (versions.isEmpty()) {
            throw RegistryProblem.subjectNotFound(subject);
        }
        return versions;
    }

    /// One version of a subject that exists.
    ///
    /// @param version a number or `latest`
    SchemaVersion version(String subject, String version, boolean deletedToo) {
        List<SchemaVersion> versions = versions(subject, deletedToo);
        if (version.equals("latest") || version.equals("-1")) {
            return versions.getLast();
        }
        int number = number(version);
        return versions.stream()
                .filter(candidate -> candidate.version() == number)
                .findFirst()
                .orElseThrow(() -> RegistryProblem.versionNotFound(version));
    }

    private static int number(String version) {
        try {
            int number = Integer.parseInt(version);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException _) {
            // said below
        }
        throw RegistryProblem.invalidVersion(version);
    }

    Optional<String> objection(String subject, Schema schema, List<SchemaVersion> earlier) {
        return state.levelOf(subject)
                .objection(
                        schema,
                        earlier.stream().map(version -> parse(version.schema())).toList());
    }

    /// Deletes softly what is live, or for good what was deleted softly before.
    ///
    /// @return the numbers that were deleted
    List<Integer> deleteSubject(String subject, boolean permanently) {
        changing.lock();
        try {
            List<SchemaVersion> all = versions(subject, true);
            List<SchemaVersion> live = state.versionsOf(subject, false);
            if (permanently && !live.isEmpty()) {
                throw RegistryProblem.subjectNotSoftDeleted(subject);
            }
            if (!permanently && live.isEmpty()) {
                throw RegistryProblem.subjectSoftDeleted(subject);
            }
            List<SchemaVersion> gone = permanently ? all : live;
            gone.forEach(version -> delete(version, permanently));
            change(new RegistryEvent.LevelSet(subject, null));
            return gone.stream().map(SchemaVersion::version).toList();
        } finally {
            changing.unlock();
        }
    }

    int deleteVersion(String subject, String number, boolean permanently) {
        changing.lock();
        try {
            SchemaVersion version = version(subject, number, true);
            if (permanently && !version.deleted()) {
                throw RegistryProblem.versionNotSoftDeleted(subject, version.version());
            }
            if (!permanently && version.deleted()) {
                throw RegistryProblem.versionSoftDeleted(subject, version.version());
            }
            delete(version, permanently);
            return version.version();
        } finally {
            changing.unlock();
        }
    }

    private void delete(SchemaVersion version, boolean permanently) {
        change(
                permanently
                        ? new RegistryEvent.VersionGone(version.subject(), version.version())
                        : new RegistryEvent.VersionSet(version.softlyDeleted()));
    }

    void setLevel(@Nullable String subject, @Nullable CompatibilityLevel level) {
        changing.lock();
        try {
            change(new RegistryEvent.LevelSet(subject, level));
        } finally {
            changing.unlock();
        }
    }

    private void change(RegistryEvent event) {
        topic.append(event);
        state = state.apply(event);
    }
}
