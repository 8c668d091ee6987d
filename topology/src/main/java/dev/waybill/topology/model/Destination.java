package dev.waybill.topology.model;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.policy.Policy;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A configured target of one organization.
///
/// @param settings the provider's settings; secrets only as references
/// @param policy   the kind's defaults with the destination's deviations applied
/// @param version  grows with every change, as far as whoever writes to the topic keeps to it; see [#isSameVersion]
/// @param encoded  the Destination record's value, passed on unchanged in every task
public record Destination(
        UUID id,
        String organizationId,
        String name,
        Kind kind,
        String provider,
        boolean enabled,
        Map<String, String> settings,
        Policy policy,
        @Nullable String region,
        Map<String, String> labels,
        long version,
        Bytes encoded) {

    public Destination {
        settings = Map.copyOf(settings);
        labels = Map.copyOf(labels);
    }

    /// Whether both are one version of one destination: the same record. The number alone does not tell, because
    /// whoever writes to the topic chooses it, and what was deleted may be made again.
    public boolean isSameVersion(Destination other) {
        return version == other.version && id.equals(other.id) && encoded.equals(other.encoded);
    }

    /// Tells this version from others in a few bytes; see [Bytes#fingerprint].
    public long fingerprint() {
        return encoded.fingerprint();
    }
}
