package dev.waybill.topology.model;

import java.util.UUID;

/// A destination in a tier of a rule.
///
/// @param weight its share among the tier's weights, from 1
public record Target(UUID destinationId, int weight) {

    public Target {
        if (weight < 1) {
            throw new IllegalArgumentException("a weight is at least 1, not " + weight);
        }
    }
}
