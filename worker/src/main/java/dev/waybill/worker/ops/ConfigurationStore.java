package dev.waybill.worker.ops;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.Destination;
import dev.waybill.schemas.Keys;
import dev.waybill.schemas.Topics;
import io.javalin.http.HttpStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Changes destinations and rules, and answers when the change can be read back here and holds for this process'
/// router.
///
/// Changes of one process happen one after another. Two processes may race: the topic's order decides, and who finds
/// after its write that it came second takes it back (a name that is taken) or writes again (a version that was used,
/// because history and health name versions by number).
final class ConfigurationStore {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationStore.class);

    private static final int RACES_MAX = 5;

    /// The router reads the topics as the view does, a few milliseconds sooner or later.
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    private final Topics topics;
    private final ConfigurationView view;
    private final RouterProgress router;
    private final ConfigurationWriter writer;
    private final InstantSource clock;
    private final Duration patience;
    private final ReentrantLock lock = new ReentrantLock();

    ConfigurationStore(
            Topics topics,
            ConfigurationView view,
            RouterProgress router,
            ConfigurationWriter writer,
            InstantSource clock,
            Duration patience) {
        this.topics = topics;
        this.view = view;
        this.router = router;
        this.writer = writer;
        this.clock = clock;
        this.patience = patience;
    }

    /// The time by which changes are dated.
    Instant now() {
        return clock.instant();
    }

    ConfigurationView view() {
        return view;
    }

    /// Creates or replaces a destination.
    ///
    /// @param wanted is given its version, and when and by whom it was made
    /// @param who    who asks, if known
    /// @return whether it is new
    boolean put(Destination wanted, @Nullable String who) {
        return locked(() -> {
            String organization = wanted.getOrganizationId();
            String id = wanted.getDestinationId();
            refuseForeign(organization, id);
            Optional<Destination> before = view.destination(organization, id).map(ConfigurationView.Entry::value);
            before.filter(known -> !known.getKind().equals(wanted.getKind())).ifPresent(known -> {
                throw ProblemException.conflict("the kind of a destination never changes; this one is of kind "
                        + known.getKind() + ": put the other under a name of its own");
            });
            refuseTaken(wanted, Long.MAX_VALUE);
            wanted.setUpdatedBy(who);
            String key = Keys.destination(organization, id);
            long version = before.map(known -> known.getVersion() + 1).orElseGet(this::firstVersion);
            for (int races = 0; races < RACES_MAX; races++) {
                wanted.setVersion(version);
                wanted.setUpdatedAt(clock.instant());
                long offset = write(new Change(topics.destinations(), key, wanted));
                takeBackIfTaken(wanted, offset, key, before.orElse(null));
                long replaced = view.destination(organization, id)
                        .filter(entry -> entry.offset() == offset)
                        .map(ConfigurationView.Entry::replaced)
                        .orElse(0L);
                if (replaced < version) {
                    return replaced == 0;
                }
                version = replaced + 1;
            }
            throw ProblemException.conflict("others keep changing this destination; try again");
        });
    }

    /// The id may have been another's that was deleted, whose versions nobody remembers once the topic is compacted. No
    /// destination is changed more often than once a millisecond, so the time is above all of them.
    private long firstVersion() {
        return clock.millis();
    }

    void delete(Destination destination, boolean force) {
        String key = Keys.destination(destination.getOrganizationId(), destination.getDestinationId());
        locked(() -> {
            String organization = destination.getOrganizationId();
            List<String> users = view.rules(organization).stream()
                    .map(ConfigurationView.Entry::value)
                    .filter(rule -> names(rule, destination.getDestinationId()))
                    .map(DefaultDestinationRule::getRuleId)
                    .toList();
            if (!force && !users.isEmpty()) {
                throw ProblemException.conflict("rules name this destination: " + String.join(", ", users)
                        + "; change them first, or delete with ?force=true");
            }
            return write(new Change(topics.destinations(), key, null));
        });
        forgetHealth(key);
    }

    /// What is left of it would be about a version that there will not be again, so it may stay if it must.
    private void forgetHealth(String key) {
        try {
            writer.write(new Change(topics.destinationHealth(), key, null));
        } catch (KafkaException e) {
            LOG.warn("the health of {}, which was deleted, stays in the topic: {}", key, e.getMessage());
        }
    }

    DefaultDestinationRule put(DefaultDestinationRule wanted, @Nullable String who) {
        return locked(() -> {
            String organization = wanted.getOrganizationId();
            long version = view.rule(organization, wanted.getRuleId())
                            .map(entry -> entry.value().getVersion())
                            .orElse(0L)
                    + 1;
            wanted.setVersion(version);
            wanted.setChangedAt(clock.instant());
            wanted.setChangedBy(who);
            write(new Change(topics.rules(), Keys.rule(organization, wanted.getRuleId()), wanted));
            return wanted;
        });
    }

    void delete(DefaultDestinationRule rule) {
        locked(() -> write(new Change(topics.rules(), Keys.rule(rule.getOrganizationId(), rule.getRuleId()), null)));
    }

    private void refuseForeign(String organization, String id) {
        view.ownerOf(id).filter(owner -> !owner.equals(organization)).ifPresent(_ -> {
            throw ProblemException.conflict("this id is in use; put the destination by name, or under another id");
        });
    }

    private void refuseTaken(Destination wanted, long before) {
        if (isTaken(wanted, before)) {
            throw ProblemException.conflict("another destination of the organization has the name " + wanted.getName());
        }
    }

    private boolean isTaken(Destination wanted, long before) {
        return view.named(wanted.getOrganizationId(), wanted.getName()).stream()
                .anyMatch(entry ->
                        !entry.value().getDestinationId().equals(wanted.getDestinationId()) && entry.offset() < before);
    }

    private void takeBackIfTaken(Destination wanted, long offset, String key, @Nullable Destination before) {
        if (isTaken(wanted, offset)) {
            Destination restored = before == null
                    ? null
                    : Destination.newBuilder(before)
                            .setVersion(wanted.getVersion() + 1)
                            .build();
            write(new Change(topics.destinations(), key, restored));
            refuseTaken(wanted, Long.MAX_VALUE);
        }
    }

    private static boolean names(DefaultDestinationRule rule, String id) {
        return Stream.of(rule.getPrimary(), rule.getSecondary(), rule.getFallback())
                .flatMap(List::stream)
                .anyMatch(target -> target.getDestinationId().equals(id));
    }

    private long write(Change change) {
        try {
            long offset = writer.write(change);
            long deadline = System.nanoTime() + patience.toNanos();
            boolean applied = view.await(change.topic(), offset, patience);
            while (applied && !router.hasApplied(change.topic(), offset)) {
                applied = System.nanoTime() < deadline;
                Thread.sleep(LOOK_AGAIN);
            }
            if (!applied) {
                throw unavailable("the change was written, but not applied within " + patience);
            }
            return offset;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw unavailable("the worker is stopping");
        } catch (KafkaException e) {
            throw unavailable("the change could not be written: " + e.getMessage());
        }
    }

    private static ProblemException unavailable(String detail) {
        return new ProblemException(HttpStatus.SERVICE_UNAVAILABLE, detail + "; look whether it holds, and repeat it");
    }

    private <T> T locked(Supplier<T> change) {
        lock.lock();
        try {
            return change.get();
        } finally {
            lock.unlock();
        }
    }
}
