package dev.waybill.topology.routing;

import dev.waybill.topology.model.Constraint;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Rule;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// The constraints in force for an organization: those of all its rules, in force or not. A rule that is switched off
/// still says under which regime the organization is; they end when the rule is deleted.
///
/// They hold for whatever leaves for the organization: also for rules of other origin, and for destinations that a
/// request names.
public final class Compliance {

    /// Nothing is demanded.
    public static final Compliance NONE = new Compliance(List.of(), Installation.unknown());

    /// A constraint, and what brought it.
    ///
    /// @param origin the template, or the rule of no template
    public record Demand(String origin, Constraint constraint) {

        /// As in reasons, such as `hipaa/encrypted_transport`.
        public String name() {
            return origin + "/" + constraint.wireName();
        }
    }

    private final List<Demand> demands;
    private final Installation installation;

    private Compliance(List<Demand> demands, Installation installation) {
        this.demands = demands;
        this.installation = installation;
    }

    /// What rules of one organization demand together.
    public static Compliance of(Collection<Rule> rules, Installation installation) {
        LinkedHashSet<Demand> demands = new LinkedHashSet<>();
        for (Rule rule : rules) {
            rule.constraints().forEach(constraint -> demands.add(new Demand(rule.origin(), constraint)));
        }
        return demands.isEmpty() ? NONE : new Compliance(List.copyOf(demands), installation);
    }

    /// What is demanded here and not there.
    public Compliance without(Compliance other) {
        return new Compliance(
                demands.stream()
                        .filter(demand -> !other.demands.contains(demand))
                        .toList(),
                installation);
    }

    /// The first demand that a destination does not meet.
    public Optional<Demand> brokenBy(Destination destination) {
        return first(constraint -> !constraint.allows(destination, installation.isEncrypted()));
    }

    /// The first demand that a rule does not meet, its destinations aside.
    public Optional<Demand> brokenBy(Rule rule) {
        return first(constraint -> !constraint.allows(rule));
    }

    /// The first demand that this worker does not meet.
    public Optional<Demand> brokenHere() {
        return first(constraint -> !constraint.allows(installation.logRetentionDays()));
    }

    private Optional<Demand> first(Predicate<Constraint> broken) {
        for (Demand demand : demands) {
            if (broken.test(demand.constraint())) {
                return Optional.of(demand);
            }
        }
        return Optional.empty();
    }
}
