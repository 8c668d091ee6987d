package dev.waybill.topology.routing;

import java.util.function.Predicate;

/// What a request may ask for.
///
/// @param inlinePayloadMax bytes of an inline payload; with everything around it a task must stay under the 2 MiB that
///                         its topics allow
/// @param payloadUris      which payload references may be opened
public record Limits(int inlinePayloadMax, Predicate<String> payloadUris) {

    public static final int INLINE_PAYLOAD_MAX = 512 * 1024;

    /// Room for everything in a request's record but the payload: ids, metadata, headers of both kinds.
    private static final int ENVELOPE_MAX = 256 * 1024;

    public Limits {
        if (inlinePayloadMax < 0) {
            throw new IllegalArgumentException("inlinePayloadMax must not be negative: " + inlinePayloadMax);
        }
    }

    /// Bytes of a request's record. A larger one would not fit the topics it leads to, nor its own once more.
    public int recordMax() {
        return inlinePayloadMax + ENVELOPE_MAX;
    }

    /// Half a MiB inline, and nothing by reference.
    public static Limits defaults() {
        return new Limits(INLINE_PAYLOAD_MAX, _ -> false);
    }
}
