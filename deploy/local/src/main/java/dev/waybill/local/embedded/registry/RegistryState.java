package dev.waybill.local.embedded.registry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Everything the registry knows, immutable: readers take the newest one and need no lock.
///
/// @param versions of all subjects, softly deleted ones included, ordered by subject and number
/// @param levels by subject
/// @param level of all other subjects
record RegistryState(List<SchemaVersion> versions, Map<String, CompatibilityLevel> levels, CompatibilityLevel level) {

    static final CompatibilityLevel DEFAULT_LEVEL = CompatibilityLevel.BACKWARD;

    static RegistryState empty() {
        return new RegistryState(List.of(), Map.of(), DEFAULT_LEVEL);
    }

    RegistryState {
        versions = List.copyOf(versions);
        levels = Map.copyOf(levels);
    }

    RegistryState apply(RegistryEvent event) {
        return switch (event) {
            case RegistryEvent.VersionSet(SchemaVersion added) -> withVersion(added.subject(), added.version(), added);
            case RegistryEvent.VersionGone(String subject, int number) -> withVersion(subject, number, null);
            case RegistryEvent.LevelSet(String subject, CompatibilityLevel set) -> withLevel(subject, set);
        };
    }

    private RegistryState withVersion(String subject, int number, @Nullable SchemaVersion added) {
        var changed = new ArrayList<>(versions);
        changed.removeIf(version -> version.subject().equals(subject) && version.version() == number);
        if (added != null) {
            changed.add(added);
            changed.sort(Comparator.comparing(SchemaVersion::subject).thenComparingInt(SchemaVersion::version));
        }
        return new RegistryState(changed, levels, level);
    }

    private RegistryState withLevel(@Nullable String subject, @Nullable CompatibilityLevel set) {
        if (subject == null) {
            return new RegistryState(versions, levels, set == null ? DEFAULT_LEVEL : set);
        }
        var changed = new HashMap<>(levels);
        if (set == null) {
            changed.remove(subject);
        } else {
            changed.put(subject, set);
        }
        return new RegistryState(versions, changed, level);
    }

    List<String> subjects(boolean deletedToo) {
        return versions.stream()
                .filter(version -> deletedToo || !version.deleted())
                .map(SchemaVersion::subject)
                .distinct()
                .toList();
    }

    /// Oldest first.
    List<SchemaVersion> versionsOf(String subject, boolean deletedToo) {
        return versions.stream()
                .filter(version -> version.subject().equals(subject) && (deletedToo || !version.deleted()))
                .toList();
    }

    /// Versions that use the id, whatever their subject, softly deleted ones included.
    List<SchemaVersion> versionsWithId(int id) {
        return versions.stream().filter(version -> version.id() == id).toList();
    }

    /// A schema has one id, whichever subjects it is registered in.
    int idFor(String schema) {
        Optional<SchemaVersion> known = versions.stream()
                .filter(version -> version.schema().equals(schema))
                .findFirst();
        return known.map(SchemaVersion::id)
                .orElseGet(() ->
                        1 + versions.stream().mapToInt(SchemaVersion::id).max().orElse(0));
    }

    CompatibilityLevel levelOf(String subject) {
        return levels.getOrDefault(subject, level);
    }
}
