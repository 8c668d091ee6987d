package dev.waybill.worker.sink;

/// Turns `${provider:path:key}` references into secrets, and only for the organization they belong to.
public interface Secrets {

    /// Resolves a reference; called for every attempt, so that a rotated secret holds for the next one.
    ///
    /// @throws SecretNotAllowedException if the organization may not use this provider or path, or the text is no
    ///     reference
    /// @throws SecretUnavailableException if the secret cannot be read now
    String resolve(String organizationId, String reference);

    /// Checks that the organization may name this reference, without reading it.
    ///
    /// @throws SecretNotAllowedException if it may not
    void check(String organizationId, String reference);
}
