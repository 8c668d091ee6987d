package dev.waybill.worker.projector.store;

import dev.waybill.worker.projector.fold.Change;
import dev.waybill.worker.projector.fold.Claim;
import dev.waybill.worker.projector.fold.ConfigChanges;
import dev.waybill.worker.projector.fold.DeliveryEvent;
import dev.waybill.worker.projector.fold.Fold;
import dev.waybill.worker.projector.fold.RowChanges;
import dev.waybill.worker.projector.store.Projected.Discarded;
import dev.waybill.worker.projector.store.Projected.Written;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes a batch, all or nothing, together with the offsets it reaches. Used by one thread at a time.
public final class BatchWriter {

    private static final Logger log = LoggerFactory.getLogger(BatchWriter.class);

    private final Database database;
    private final Owners owners = new Owners();

    public BatchWriter(Database database) {
        this.database = database;
    }

    /// Where to go on in each partition; one that is not known begins at the offset given.
    public Map<TopicPartition, Long> positions(Map<TopicPartition, Long> beginnings) {
        return database.transaction(session -> Offsets.positions(session, beginnings));
    }

    /// Writes the batch. A record whose values the database refuses is found by halving, and put into
    /// quarantine: one bad record must not hold up the others.
    ///
    /// @param horizon events of deliveries queued before this are left out, their rows are gone already
    public Projected write(Batch batch, Instant horizon) {
        try {
            return inOneTransaction(batch, horizon);
        } catch (DatabaseException.Unavailable e) {
            owners.forget();
            throw e;
        } catch (DatabaseException.Refused e) {
            log.warn(
                    "Postgres refuses a batch of {} records, looking for the one it means: {}",
                    batch.size(),
                    e.getMessage());
            owners.forget();
            return inPieces(batch, horizon);
        }
    }

    private Projected inPieces(Batch batch, Instant horizon) {
        try {
            // Once more as it is: what was remembered of owners may have been wrong.
            return inOneTransaction(batch, horizon);
        } catch (DatabaseException.Refused e) {
            if (batch.size() <= 1) {
                return inOneTransaction(batch.poisoned(String.valueOf(e.getMessage())), horizon);
            }
            Written sum = new Written(0, 0, 0, 0);
            for (Batch half : batch.halves()) {
                switch (inPieces(half, horizon)) {
                    case Written written -> sum = sum.plus(written);
                    case Discarded discarded -> {
                        return discarded;
                    }
                }
            }
            return sum;
        }
    }

    private Projected inOneTransaction(Batch batch, Instant horizon) {
        return database.transaction(session -> {
            if (!Offsets.advance(session, batch.spans())) {
                session.rollback();
                return new Discarded();
            }
            return new Transaction(session, horizon).write(batch);
        });
    }

    /// What one transaction gathers.
    private final class Transaction {

        private final Session session;
        private final Instant horizon;
        private final List<DeliveryEvent> events = new ArrayList<>();
        private final ConfigChanges config = new ConfigChanges();
        private final Map<UUID, Batch.Item> putBy = new HashMap<>();
        private final List<Quarantine.Row> quarantine = new ArrayList<>();
        private int expired;
        private int refused;

        Transaction(Session session, Instant horizon) {
            this.session = session;
            this.horizon = horizon;
        }

        Written write(Batch batch) {
            batch.items().forEach(this::sort);
            writeConfig();
            int rows = writeEvents();
            Quarantine.write(session, quarantine);
            return new Written(rows, refused, expired, quarantine.size());
        }

        private void sort(Batch.Item item) {
            switch (item.change()) {
                case DeliveryEvent event -> {
                    if (event.request().queuedAt().isBefore(horizon)) {
                        expired++;
                    } else {
                        events.add(event);
                    }
                }
                case Change.DestinationPut put -> {
                    if (config.add(put)) {
                        putBy.put(put.destinationId(), item);
                    } else {
                        refuse(item);
                    }
                }
                case Change.DestinationDeleted deleted -> {
                    if (!config.add(deleted)) {
                        refuse(item);
                    }
                }
                case Change.RulePut put -> config.add(put);
                case Change.RuleDeleted deleted -> config.add(deleted);
                case Change.Nothing() -> {}
                case Change.Poison poison -> quarantine.add(Quarantine.Row.of(item, poison.error()));
            }
        }

        private void writeConfig() {
            if (config.isEmpty()) {
                return;
            }
            Set<UUID> refusedIds = ConfigTables.write(session, config, owners);
            refusedIds.forEach(id -> {
                Batch.Item item = putBy.get(id);
                if (item != null) {
                    refuse(item);
                }
            });
            config.organizations().forEach(organization -> DefaultsTable.derive(session, organization));
        }

        private void refuse(Batch.Item item) {
            refused++;
            quarantine.add(Quarantine.Row.of(item, "organization and kind of a destination never change"));
        }

        private int writeEvents() {
            RowChanges changes = Fold.of(events);
            Map<UUID, String> ownedBy = owners.claim(session, changes.claims());
            for (Claim claim : changes.claims()) {
                if (!Owners.owns(ownedBy, claim)) {
                    refused++;
                }
            }
            RowChanges owned = changes.owned(claim -> Owners.owns(ownedBy, claim));
            return RowTables.DELIVERIES.write(session, owned.deliveries())
                    + RowTables.LOGS.write(session, owned.logs())
                    + RowTables.ATTEMPTS.write(session, owned.attempts());
        }
    }
}
