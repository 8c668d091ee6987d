package dev.waybill.topology.routing;

import dev.waybill.schemas.Keys;
import dev.waybill.topology.codec.InvalidRecordException;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Health;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.model.Rule;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The destinations and rules as the router knows them, indexed. One thread writes, many read: what a reader gets is
/// immutable and was true at some moment.
///
/// A change that breaks a promise (an id keeps its organization and kind; a name is one destination's) is refused,
/// and the last good version stays.
public final class ConfigurationView implements Configuration {

    private final Installation installation;

    private record Name(String organizationId, String name) {}

    private final Map<UUID, Destination> byId = new ConcurrentHashMap<>();
    private final Map<Name, Destination> byName = new ConcurrentHashMap<>();
    private final Map<String, Integer> destinations = new ConcurrentHashMap<>();
    private final Map<String, OrganizationRules> rules = new ConcurrentHashMap<>();
    private final Map<String, Health> health = new ConcurrentHashMap<>();
    /// By their last test, where that keeps them from being used.
    private final Map<String, Health> tests = new ConcurrentHashMap<>();

    public ConfigurationView(Installation installation) {
        this.installation = installation;
    }

    @Override
    public Optional<Destination> byId(String organizationId, UUID id) {
        Destination found = byId.get(id);
        return found != null && found.organizationId().equals(organizationId) ? Optional.of(found) : Optional.empty();
    }

    @Override
    public Optional<Destination> byName(String organizationId, String name) {
        return Optional.ofNullable(byName.get(new Name(organizationId, name)));
    }

    @Override
    public Optional<Health> health(Destination destination) {
        if (health.isEmpty() && tests.isEmpty()) {
            return Optional.empty();
        }
        String key =
                Keys.destination(destination.organizationId(), destination.id().toString());
        return Optional.ofNullable(Health.of(about(destination, health.get(key)), about(destination, tests.get(key))));
    }

    private static @Nullable Health about(Destination destination, @Nullable Health known) {
        return known != null && known.isAbout(destination) ? known : null;
    }

    @Override
    public Optional<String> ownerOf(UUID id) {
        return Optional.ofNullable(byId.get(id)).map(Destination::organizationId);
    }

    @Override
    public List<Rule> rules(String organizationId) {
        OrganizationRules known = rules.get(organizationId);
        return known == null ? List.of() : known.indexed().rules().all();
    }

    @Override
    public List<Rule> deciding(Request request, Instant now) {
        OrganizationRules known = rules.get(request.organizationId());
        return known == null ? List.of() : known.indexed().rules().deciding(request, now);
    }

    @Override
    public Compliance compliance(String organizationId) {
        OrganizationRules known = rules.get(organizationId);
        return known == null ? Compliance.NONE : known.indexed().compliance();
    }

    @Override
    public boolean knows(String organizationId) {
        return destinations.containsKey(organizationId) || rules.containsKey(organizationId);
    }

    /// Takes a new destination, or a new version of one.
    ///
    /// @throws InvalidRecordException if it breaks a promise; nothing has changed then
    public void put(String key, Destination changed) {
        require(
                key.equals(
                        Keys.destination(changed.organizationId(), changed.id().toString())),
                "the key must be organizationId/destinationId of the record, not " + key);
        Name name = new Name(changed.organizationId(), changed.name());
        Destination known = byId.get(changed.id());
        Destination named = byName.get(name);
        require(
                named == null || named.id().equals(changed.id()),
                "another destination of the organization has the name " + name.name());
        if (known == null) {
            destinations.merge(changed.organizationId(), 1, Integer::sum);
        } else {
            require(known.organizationId().equals(changed.organizationId()), "the id is another organization's");
            require(known.kind() == changed.kind(), "the kind of a destination never changes");
        }
        byId.put(changed.id(), changed);
        byName.put(name, changed);
        if (known != null && !known.name().equals(changed.name())) {
            byName.remove(new Name(known.organizationId(), known.name()));
        }
    }

    /// Takes a new rule, or a new version of one.
    ///
    /// @throws InvalidRecordException if the key is not the rule's; nothing has changed then
    public void put(String key, Rule changed) {
        require(
                key.equals(Keys.rule(changed.organizationId(), changed.ruleId())),
                "the key must be organizationId/ruleId of the record, not " + key);
        rules.computeIfAbsent(changed.organizationId(), _ -> new OrganizationRules(installation))
                .put(changed);
    }

    /// Takes how a destination is doing; whether there is such a destination does not matter.
    ///
    /// @throws InvalidRecordException if the key is not the destination's; nothing has changed then
    public void put(String key, Health changed) {
        requireKeyOf(changed, key);
        health.put(key, changed);
    }

    /// Takes how a destination is doing by its last connection test.
    ///
    /// @throws InvalidRecordException as [#put(String, Health)]
    public void putTest(String key, Health tested) {
        requireKeyOf(tested, key);
        if (tested.isWell()) {
            tests.remove(key);
        } else {
            tests.put(key, tested);
        }
    }

    private static void requireKeyOf(Health changed, String key) {
        require(
                key.equals(Keys.destination(
                        changed.organizationId(), changed.destinationId().toString())),
                "the key must be organizationId/destinationId of the record, not " + key);
    }

    /// Nothing is known of the last test.
    public void removeTest(String key) {
        tests.remove(key);
    }

    /// A destination is well again.
    public void removeHealth(String key) {
        health.remove(key);
    }

    /// Forgets a destination; one that is not known, or another organization's, stays as it is.
    public void removeDestination(String key) {
        String organization = Keys.organizationOf(key);
        Destination known = Lookup.canonicalUuid(localPart(key)).map(byId::get).orElse(null);
        if (known == null || !known.organizationId().equals(organization)) {
            return;
        }
        byId.remove(known.id());
        byName.remove(new Name(organization, known.name()));
        destinations.computeIfPresent(organization, (_, count) -> count == 1 ? null : count - 1);
    }

    /// Forgets a rule.
    public void removeRule(String key) {
        rules.computeIfPresent(Keys.organizationOf(key), (_, known) -> known.remove(localPart(key)) ? null : known);
    }

    private static String localPart(String key) {
        return key.substring(key.indexOf('/') + 1);
    }

    /// One organization's rules. Changes are taken one by one and indexed together when somebody asks: five thousand
    /// rules that arrive one after the other are indexed once.
    private static final class OrganizationRules {

        private final Installation installation;
        private final Map<String, Rule> byId = new HashMap<>();
        private volatile @Nullable Indexed indexed;

        private record Indexed(RuleSet rules, Compliance compliance) {}

        OrganizationRules(Installation installation) {
            this.installation = installation;
        }

        synchronized void put(Rule rule) {
            byId.put(rule.ruleId(), rule);
            indexed = null;
        }

        /// @return whether none is left
        synchronized boolean remove(String ruleId) {
            byId.remove(ruleId);
            indexed = null;
            return byId.isEmpty();
        }

        Indexed indexed() {
            Indexed known = indexed;
            return known != null ? known : index();
        }

        /// Excludes changes meanwhile, so that what is kept misses none.
        private synchronized Indexed index() {
            Indexed made = new Indexed(RuleSet.of(byId.values()), Compliance.of(byId.values(), installation));
            indexed = made;
            return made;
        }
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new InvalidRecordException(message);
        }
    }
}
