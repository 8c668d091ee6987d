package dev.waybill.worker.ops;

import dev.waybill.topology.codec.Records;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Health;
import dev.waybill.topology.model.Rule;
import dev.waybill.topology.routing.Compliance;
import dev.waybill.topology.routing.Configuration;
import dev.waybill.topology.routing.Installation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// What the API knows, as the router's code asks for it, for one explanation. Models are made when they are asked for:
/// an
/// explanation is rare, and destinations are many. Rules are read once, because they are asked for again and again.
final class RoutingConfiguration implements Configuration {

    /// A task carries the record; an explanation makes none.
    private static final Bytes NOT_SENT = Bytes.of(new byte[0]);

    private final ConfigurationView view;
    private final Installation installation;
    private final Map<String, List<Rule>> rules = new HashMap<>();
    private final Map<String, Compliance> compliance = new HashMap<>();

    RoutingConfiguration(ConfigurationView view, Installation installation) {
        this.view = view;
        this.installation = installation;
    }

    @Override
    public Optional<Destination> byId(String organizationId, UUID id) {
        return view.destination(organizationId, id.toString()).map(RoutingConfiguration::model);
    }

    @Override
    public Optional<Destination> byName(String organizationId, String name) {
        return view.named(organizationId, name).stream().findFirst().map(RoutingConfiguration::model);
    }

    static Destination model(dev.waybill.avro.Destination record) {
        return Records.model(record, NOT_SENT);
    }

    private static Destination model(ConfigurationView.Entry<dev.waybill.avro.Destination> entry) {
        return model(entry.value());
    }

    @Override
    public Optional<Health> health(Destination destination) {
        return view.destination(destination.organizationId(), destination.id().toString())
                .flatMap(entry -> health(entry.value()));
    }

    private Optional<Health> health(dev.waybill.avro.Destination current) {
        Health tested = view.test(current)
                .map(Records::model)
                .filter(one -> !one.isWell())
                .orElse(null);
        return Optional.ofNullable(
                Health.of(view.health(current).map(Records::model).orElse(null), tested));
    }

    @Override
    public Optional<String> ownerOf(UUID id) {
        return view.ownerOf(id.toString());
    }

    @Override
    public List<Rule> rules(String organizationId) {
        return rules.computeIfAbsent(organizationId, this::read);
    }

    private List<Rule> read(String organizationId) {
        return view.rules(organizationId).stream()
                .map(entry -> Records.model(entry.value()))
                .sorted(Rule.EVALUATION_ORDER)
                .toList();
    }

    @Override
    public Compliance compliance(String organizationId) {
        return compliance.computeIfAbsent(organizationId, id -> Compliance.of(rules(id), installation));
    }

    @Override
    public boolean knows(String organizationId) {
        return !view.destinations(organizationId).isEmpty()
                || !view.rules(organizationId).isEmpty();
    }
}
