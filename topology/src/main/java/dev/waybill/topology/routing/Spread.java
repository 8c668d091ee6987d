package dev.waybill.topology.routing;

import dev.waybill.topology.model.Target;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.ToIntFunction;

/// Draws an order of a tier's destinations from a key: the same key gives the same order, and over many keys each
/// destination comes first as often as its weight says.
///
/// Weighted rendezvous hashing (Schindelhauer and Schomaker, "Weighted Distributed Hash Tables", SPAA 2005): each
/// destination gets the score -ln(u) / weight, where u in (0, 1) is a hash of key and destination, and the lowest score
/// comes first. Scores do not depend on each other, so a destination that is added, removed or weighted anew moves only
/// the keys that it gains or loses.
final class Spread {

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    /// A double holds 53 bits of a hash exactly.
    private static final double UNIT = 0x1.0p-53;

    private record Scored(Target target, double score) {}

    private Spread() {}

    static List<Target> order(String key, List<Target> tier, ToIntFunction<Target> weight) {
        if (tier.size() < 2) {
            return tier;
        }
        long seed = hash(key);
        List<Scored> scored = new ArrayList<>(tier.size());
        for (Target target : tier) {
            double unit = ((hash(seed, target.destinationId()) >>> 11) + 0.5) * UNIT;
            scored.add(new Scored(target, -Math.log(unit) / weight.applyAsInt(target)));
        }
        scored.sort(Comparator.comparingDouble(Scored::score)
                .thenComparing(one -> one.target().destinationId()));
        return scored.stream().map(Scored::target).toList();
    }

    /// FNV-1a of the key's characters, mixed.
    private static long hash(String key) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < key.length(); i++) {
            hash = (hash ^ key.charAt(i)) * FNV_PRIME;
        }
        return mix(hash);
    }

    private static long hash(long seed, UUID destination) {
        return mix(mix(seed ^ destination.getMostSignificantBits()) ^ destination.getLeastSignificantBits());
    }

    /// The finalizer of SplitMix64: every bit of the input changes every bit of the output as often as not.
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
