package dev.waybill.worker.projector.fold;

import dev.waybill.worker.projector.fold.Change.DestinationDeleted;
import dev.waybill.worker.projector.fold.Change.DestinationPut;
import dev.waybill.worker.projector.fold.Change.RuleDeleted;
import dev.waybill.worker.projector.fold.Change.RulePut;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The last word of a batch about each destination and rule. Unlike events, configuration counts in the order it was
/// written: each topic has one partition.
public final class ConfigChanges {

    private final Map<UUID, DestinationState> destinations = new LinkedHashMap<>();
    private final Map<RuleKey, RuleState> rules = new LinkedHashMap<>();

    /// Says whether the organization may change this destination, as far as this batch knows.
    public boolean add(DestinationPut put) {
        DestinationState before = destinations.get(put.destinationId());
        if (before != null && !before.organizationId().equals(put.organizationId())) {
            return false;
        }
        destinations.put(
                put.destinationId(), new DestinationState(put.destinationId(), put.organizationId(), put, null));
        return true;
    }

    /// A deletion keeps what was put before it in the same batch: the row must be there, deleted, as if it had been two
    /// batches.
    public boolean add(DestinationDeleted deleted) {
        DestinationState before = destinations.get(deleted.destinationId());
        if (before != null && !before.organizationId().equals(deleted.organizationId())) {
            return false;
        }
        destinations.put(
                deleted.destinationId(),
                new DestinationState(
                        deleted.destinationId(),
                        deleted.organizationId(),
                        before == null ? null : before.put(),
                        deleted.at()));
        return true;
    }

    public void add(RulePut put) {
        var key = new RuleKey(put.organizationId(), put.ruleId());
        rules.put(key, new RuleState(key, put));
    }

    public void add(RuleDeleted deleted) {
        var key = new RuleKey(deleted.organizationId(), deleted.ruleId());
        rules.put(key, new RuleState(key, null));
    }

    public Collection<DestinationState> destinations() {
        return destinations.values();
    }

    public Collection<RuleState> rules() {
        return rules.values();
    }

    /// Organizations whose default destinations may have changed, in a fixed order, so that two workers never wait for
    /// each other.
    public Collection<String> organizations() {
        var organizations = new TreeSet<String>();
        destinations.values().forEach(state -> organizations.add(state.organizationId()));
        rules.keySet().forEach(key -> organizations.add(key.organizationId()));
        return organizations;
    }

    public boolean isEmpty() {
        return destinations.isEmpty() && rules.isEmpty();
    }

    public record DestinationState(
            UUID destinationId,
            String organizationId,
            @Nullable DestinationPut put,
            @Nullable Instant deletedAt) {}

    public record RuleKey(String organizationId, String ruleId) {}

    /// The rule as it is now; put is null when it is deleted.
    public record RuleState(RuleKey key, @Nullable RulePut put) {}
}
