package dev.waybill.topology.model;

/// The rule that made a route, and which version of it.
public record RuleRef(String ruleId, long version) {}
