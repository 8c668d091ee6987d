package dev.waybill.worker.ops;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.Destination;
import dev.waybill.topology.codec.Records;
import dev.waybill.topology.model.Constraint;
import dev.waybill.topology.model.Rule;
import dev.waybill.topology.model.Target;
import dev.waybill.topology.model.Tier;
import dev.waybill.topology.routing.Compliance;
import dev.waybill.topology.routing.Installation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Refuses changes after which a constraint in force would be broken; by the router's own code, which would deliver
/// nothing there.
final class ComplianceCheck {

    private final ConfigurationView view;
    private final Installation installation;

    ComplianceCheck(ConfigurationView view, Installation installation) {
        this.view = view;
        this.installation = installation;
    }

    /// What a destination would break.
    List<Fault> faults(Destination wanted) {
        return Compliance.of(rules(wanted.getOrganizationId()).values(), installation)
                .brokenBy(RoutingConfiguration.model(wanted))
                .map(demand -> List.of(fault(field(demand.constraint()), demand)))
                .orElse(List.of());
    }

    /// Where a destination says what a constraint asks for.
    private static String field(Constraint constraint) {
        return switch (constraint) {
            case Constraint.Regions _ -> "region";
            case Constraint.Labels _ -> "labels";
            case Constraint.ProvidersDenied _ -> "provider";
            case Constraint.EncryptedTransport _ -> "settings";
            case Constraint.FallbackRequired _, Constraint.RetentionDays _ -> "";
        };
    }

    /// What one rule would break.
    List<Fault> faults(DefaultDestinationRule wanted) {
        return faults(wanted.getOrganizationId(), List.of(wanted), List.of(), "");
    }

    /// What changes of several rules would break together: the changed ones of everything that is in force then, the
    /// others only of what was not before. What was broken already does not stand in the way of other changes.
    ///
    /// @param deleted ids of rules
    List<Fault> faults(String organization, Collection<DefaultDestinationRule> changed, Collection<String> deleted) {
        return faults(organization, changed, deleted, "rules.");
    }

    private List<Fault> faults(
            String organization,
            Collection<DefaultDestinationRule> changed,
            Collection<String> deleted,
            String prefix) {
        Map<String, Rule> rules = rules(organization);
        Compliance before = Compliance.of(rules.values(), installation);
        rules.keySet().removeAll(deleted);
        changed.forEach(rule -> rules.put(rule.getRuleId(), Records.model(rule)));
        Compliance all = Compliance.of(rules.values(), installation);
        Compliance added = all.without(before);
        List<String> changedIds =
                changed.stream().map(DefaultDestinationRule::getRuleId).toList();
        List<Fault> faults = new ArrayList<>();
        (changed.isEmpty() ? added : all).brokenHere().ifPresent(demand -> faults.add(fault("constraints", demand)));
        rules.values().forEach(rule -> {
            boolean isChanged = changedIds.contains(rule.ruleId());
            String path = prefix.isEmpty() && isChanged ? "" : "rules." + rule.ruleId() + ".";
            add(faults, path, rule, isChanged ? all : added);
        });
        return faults;
    }

    private void add(List<Fault> faults, String path, Rule rule, Compliance compliance) {
        compliance.brokenBy(rule).ifPresent(demand -> faults.add(fault(path + "fallback", demand)));
        for (Tier tier : Tier.values()) {
            List<Target> targets = rule.targets(tier);
            for (int i = 0; i < targets.size(); i++) {
                String field = path + tier.wireName() + "[" + i + "].destinationId";
                view.destination(
                                rule.organizationId(),
                                targets.get(i).destinationId().toString())
                        .flatMap(entry -> compliance.brokenBy(RoutingConfiguration.model(entry.value())))
                        .ifPresent(demand -> faults.add(fault(field, demand)));
            }
        }
    }

    private static Fault fault(String field, Compliance.Demand demand) {
        return new Fault(
                field, "breaks " + demand.name() + ": " + demand.constraint().demand());
    }

    private Map<String, Rule> rules(String organization) {
        Map<String, Rule> rules = new HashMap<>();
        view.rules(organization).forEach(entry -> {
            Rule rule = Records.model(entry.value());
            rules.put(rule.ruleId(), rule);
        });
        return rules;
    }
}
