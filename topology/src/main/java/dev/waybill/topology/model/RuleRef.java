package dev.waybill.topology.model;

/// The rule that made a route, which version of it, and how it chose.
///
/// @param selection   [as records spell it][Selection#wireName]
/// @param primaries   how many candidates of the route, from the first, stand in the primary tier
/// @param secondaries how many after them stand in the secondary tier; the rest are fallbacks
public record RuleRef(String ruleId, long version, String selection, int primaries, int secondaries) {

    /// Why a candidate of the route is one.
    public RuleChoice choice(int candidate) {
        return new RuleChoice(ruleId, version, selection, tier(candidate));
    }

    private Tier tier(int candidate) {
        if (candidate < primaries) {
            return Tier.PRIMARY;
        }
        return candidate < primaries + secondaries ? Tier.SECONDARY : Tier.FALLBACK;
    }
}
