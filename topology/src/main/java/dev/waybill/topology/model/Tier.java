package dev.waybill.topology.model;

import java.util.Locale;

/// Where a destination stands in a rule.
public enum Tier {
    PRIMARY,
    SECONDARY,
    FALLBACK;

    /// As records and rows spell it.
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The tier that a record names.
    ///
    /// @throws IllegalArgumentException if there is none of that name
    public static Tier parse(String wireName) {
        for (Tier tier : values()) {
            if (tier.wireName().equals(wireName)) {
                return tier;
            }
        }
        throw new IllegalArgumentException("no tier: " + wireName);
    }
}
