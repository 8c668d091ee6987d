package dev.waybill.worker.sink;

import java.util.Optional;

/// Turns `${provider:path:key}` references into secrets, and only for the organization they belong to.
public interface Secrets {

    /// Resolves a reference; called for every attempt, so that a rotated secret holds for the next one, within
    /// seconds.
    ///
    /// @throws SecretNotAllowedException if the organization may not use this provider or path, or the text is
    ///     no reference
    /// @throws SecretUnavailableException if the secret cannot be read now
    String resolve(String organizationId, String reference);

    /// The secret that this one has replaced, as long as it is kept for the time of a rotation.
    ///
    /// @throws SecretNotAllowedException as [#resolve]
    /// @throws SecretUnavailableException as [#resolve]
    default Optional<String> previous(String organizationId, String reference) {
        return Optional.empty();
    }

    /// Checks that the organization may name this reference, without reading it.
    ///
    /// @throws SecretNotAllowedException if it may not
    void check(String organizationId, String reference);
}
