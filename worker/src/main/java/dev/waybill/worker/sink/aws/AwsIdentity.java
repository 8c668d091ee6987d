package dev.waybill.worker.sink.aws;

import org.jspecify.annotations.Nullable;

/// Who a destination is at AWS.
///
/// @param organizationId whose secrets are read
/// @param base           who it is at first
/// @param role           who it becomes; null to stay that
public record AwsIdentity(
        String organizationId, Base base, @Nullable Role role) {

    /// Who signs the first request.
    public sealed interface Base {}

    /// Keys of the destination, all of them references.
    ///
    /// @param sessionToken null for keys that do not expire
    public record Keys(
            String accessKeyId,
            String secretAccessKey,
            @Nullable String sessionToken) implements Base {}

    /// A profile of the worker's AWS configuration.
    public record Profile(String name) implements Base {}

    /// The container that the worker runs in, as ECS and EKS have it.
    public record Container() implements Base {}

    /// The token file that the worker was given, as EKS does for a service account.
    public record WebIdentity() implements Base {}

    /// A role to assume.
    ///
    /// @param externalId what the role's trust policy asks for; null for nothing
    public record Role(String arn, @Nullable String externalId) {}
}
