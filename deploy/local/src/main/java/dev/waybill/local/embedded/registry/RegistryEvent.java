package dev.waybill.local.embedded.registry;

import org.jspecify.annotations.Nullable;

/// What the registry's topic remembers; the state is all events applied in order.
sealed interface RegistryEvent {

    /// A version was registered or softly deleted.
    record VersionSet(SchemaVersion version) implements RegistryEvent {}

    /// A version was deleted for good.
    record VersionGone(String subject, int version) implements RegistryEvent {}

    /// A level was set for a subject, or for all of them (null); a null level takes the subject's away.
    record LevelSet(@Nullable String subject, @Nullable CompatibilityLevel level) implements RegistryEvent {}
}
