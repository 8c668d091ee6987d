package dev.waybill.topology.model;

/// Why a delivery goes to a destination: which rule said so, how that rule chose, and in which tier it stands there.
///
/// @param selection [as records spell it][Selection#wireName]
public record RuleChoice(String ruleId, long version, String selection, Tier tier) {}
