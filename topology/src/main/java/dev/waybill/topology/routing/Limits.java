package dev.waybill.topology.routing;

import java.util.function.Predicate;

/// What a request may ask for.
///
/// @param inlinePayloadMax bytes of an inline payload; with everything around it a task must stay under the 2 MiB that
///                         its topics allow
/// @param payloadUris      which payload references may be opened
public record Limits(int inlinePayloadMax, Predicate<String> payloadUris) {

    public static final int INLINE_PAYLOAD_MAX = 512 * 1024;

    public Limits {
        if (inlinePayloadMax < 0) {
            throw new IllegalArgumentException("inlinePayloadMax must not be negative: " + inlinePayloadMax);
        }
    }

    /// Half a MiB inline, and nothing by reference.
    public static Limits defaults() {
        return new Limits(INLINE_PAYLOAD_MAX, _ -> false);
    }
}
