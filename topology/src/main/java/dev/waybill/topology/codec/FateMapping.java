package dev.waybill.topology.codec;

import dev.waybill.avro.RouteFate;
import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Fate;
import dev.waybill.topology.model.LastFailure;
import dev.waybill.topology.model.RouteStatus;
import dev.waybill.topology.model.RuleChoice;
import dev.waybill.topology.model.Selection;
import dev.waybill.topology.model.Tier;
import dev.waybill.topology.model.TrailEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Fates of routes and their trails, both ways.
final class FateMapping {

    private FateMapping() {}

    static RouteFate toAvro(Fate fate) {
        RouteFate avro = new RouteFate();
        avro.setRoute(fate.route());
        avro.setStatus(fate.status().wireName());
        avro.setReason(fate.reason());
        avro.setDestinationId(fate.destination());
        avro.setKind(fate.kind() == null ? null : fate.kind().wireName());
        avro.setAttempts(fate.attempts());
        avro.setResponseCode(fate.responseCode());
        LastFailure last = fate.last();
        avro.setErrorCode(last == null ? null : last.code());
        avro.setErrorMessage(last == null ? null : last.message());
        avro.setFallbackUsed(fate.fallbackUsed());
        avro.setJoinedRoute(fate.joinedRoute());
        RuleChoice rule = fate.rule();
        if (rule != null) {
            avro.setRuleId(rule.ruleId());
            avro.setRuleVersion(rule.version());
            avro.setRuleSelection(rule.selection());
            avro.setRuleTier(rule.tier().wireName());
        }
        avro.setTrail(trail(fate.trail()));
        avro.setSettledAt(fate.settledAt());
        return avro;
    }

    static Fate toModel(RouteFate avro) {
        String code = avro.getErrorCode();
        return new Fate(
                avro.getRoute(),
                RouteStatus.parse(avro.getStatus()),
                avro.getReason(),
                avro.getDestinationId(),
                avro.getKind() == null ? null : Kind.parse(avro.getKind()).orElse(null),
                avro.getAttempts(),
                code == null ? null : new LastFailure(code, avro.getErrorMessage(), avro.getResponseCode()),
                avro.getResponseCode(),
                avro.getFallbackUsed(),
                avro.getJoinedRoute(),
                rule(
                        avro.getRuleId(),
                        avro.getRuleVersion(),
                        avro.getRuleSelection(),
                        avro.getRuleTier(),
                        avro.getFallbackUsed() ? Tier.FALLBACK : Tier.PRIMARY),
                trailModel(avro.getTrail()),
                avro.getSettledAt());
    }

    /// @param before the tier where the record was written before there were three, and one selection
    static @Nullable RuleChoice rule(
            @Nullable String ruleId,
            @Nullable Long version,
            @Nullable String selection,
            @Nullable String tier,
            Tier before) {
        return ruleId == null || version == null
                ? null
                : new RuleChoice(
                        ruleId,
                        version,
                        selection == null ? new Selection.All().wireName() : selection,
                        tier == null ? before : Tier.parse(tier));
    }

    static List<dev.waybill.avro.TrailEntry> trail(List<TrailEntry> trail) {
        return trail.stream()
                .map(entry -> new dev.waybill.avro.TrailEntry(
                        entry.destination(), entry.reason(), entry.attempts(), entry.errorCode(), entry.at()))
                .toList();
    }

    static List<TrailEntry> trailModel(List<dev.waybill.avro.TrailEntry> trail) {
        return trail.stream()
                .map(entry -> new TrailEntry(
                        entry.getDestinationId(),
                        entry.getReason(),
                        entry.getAttempts(),
                        entry.getErrorCode(),
                        entry.getAt()))
                .toList();
    }
}
