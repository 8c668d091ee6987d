package dev.waybill.topology.routing;

import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Health;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.model.Rule;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What resolution asks of the configured destinations and rules, and of the destinations' health. Every answer is of
/// one moment; two answers may be of two.
public interface Configuration {

    /// The destination, if it is the organization's.
    Optional<Destination> byId(String organizationId, UUID id);

    /// The organization's destination of that name.
    Optional<Destination> byName(String organizationId, String name);

    /// How the destination, in the version given, is doing; none if well.
    Optional<Health> health(Destination destination);

    /// Whose destination it is.
    Optional<String> ownerOf(UUID id);

    /// The organization's rules, in [the order of their evaluation][Rule#EVALUATION_ORDER].
    List<Rule> rules(String organizationId);

    /// Of the rules of the request's organization those that make its routes: those that match, in order, up to the
    /// first that does not continue.
    default List<Rule> deciding(Request request, Instant now) {
        return RuleSet.of(rules(request.organizationId())).deciding(request, now);
    }

    /// What the organization's rules demand.
    Compliance compliance(String organizationId);

    /// Whether the organization has any destination or rule.
    boolean knows(String organizationId);
}
