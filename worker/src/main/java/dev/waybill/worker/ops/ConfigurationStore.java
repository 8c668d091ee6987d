package dev.waybill.worker.ops;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.Destination;
import dev.waybill.avro.RuleTemplate;
import dev.waybill.schemas.Keys;
import dev.waybill.schemas.Topics;
import dev.waybill.topology.routing.Installation;
import io.javalin.http.HttpStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Changes destinations, rules and templates, and answers when the change can be read back here and holds for this
/// process'
/// router.
///
/// Changes of one process happen one after another. Two processes may race: the topic's order decides, and who finds
/// after its write that it came second takes it back (a name that is taken, a precondition that no longer holds) or
/// writes again (a version that was used, because history and health name versions by number).
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
    private final Kept<Destination> destinations;
    private final Kept<DefaultDestinationRule> rules;
    private final Kept<RuleTemplate> templates;
    private final ComplianceCheck compliance;
    private final ReentrantLock lock = new ReentrantLock();

    ConfigurationStore(
            Topics topics,
            ConfigurationView view,
            RouterProgress router,
            ConfigurationWriter writer,
            Installation installation,
            InstantSource clock,
            Duration patience) {
        this.topics = topics;
        this.view = view;
        this.router = router;
        this.writer = writer;
        this.clock = clock;
        this.patience = patience;
        // The id may have been another's that was deleted, whose versions nobody remembers once the topic is compacted.
        // No destination is changed more often than once a millisecond, so the time is above all of them.
        this.destinations = new Kept<>(
                topics.destinations(),
                Destination::getVersion,
                (destination, version) -> {
                    destination.setVersion(version);
                    destination.setUpdatedAt(clock.instant());
                },
                _ -> clock.millis());
        this.rules = new Kept<>(
                topics.rules(),
                DefaultDestinationRule::getVersion,
                (rule, version) -> {
                    rule.setVersion(version);
                    rule.setChangedAt(clock.instant());
                },
                _ -> 1);
        this.templates = new Kept<>(
                topics.templates(),
                RuleTemplate::getVersion,
                (template, version) -> {
                    template.setVersion(version);
                    template.setChangedAt(clock.instant());
                },
                template -> template.getVersion() + 1);
        this.compliance = new ComplianceCheck(view, installation);
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
    boolean put(Destination wanted, Precondition precondition, @Nullable String who) {
        return locked(() -> {
            String organization = wanted.getOrganizationId();
            String id = wanted.getDestinationId();
            refuseForeign(organization, id);
            Destination before = valueOf(view.destination(organization, id));
            if (before != null && !before.getKind().equals(wanted.getKind())) {
                throw ProblemException.conflict("the kind of a destination never changes; this one is of kind "
                        + before.getKind() + ": put the other under a name of its own");
            }
            refuseTaken(wanted, Long.MAX_VALUE);
            refuse(compliance.faults(wanted));
            wanted.setUpdatedBy(who);
            return put(destinations, Keys.destination(organization, id), before, wanted, precondition);
        });
    }

    void delete(Destination destination, Precondition precondition, boolean force) {
        String organization = destination.getOrganizationId();
        String id = destination.getDestinationId();
        String key = Keys.destination(organization, id);
        locked(() -> {
            List<String> users = view.rules(organization).stream()
                    .map(ConfigurationView.Entry::value)
                    .filter(rule -> names(rule, id))
                    .map(DefaultDestinationRule::getRuleId)
                    .toList();
            if (!force && !users.isEmpty()) {
                throw ProblemException.conflict("rules name this destination: " + String.join(", ", users)
                        + "; change them first, or delete with ?force=true");
            }
            return delete(destinations, key, valueOf(view.destination(organization, id)), precondition);
        });
        forget(topics.destinationHealth(), key);
        forget(topics.destinationTests(), key);
    }

    /// What is left of it would be about a version that there will not be again, so it may stay if it must.
    private void forget(String topic, String key) {
        try {
            writer.write(new Change(topic, key, null));
        } catch (KafkaException e) {
            LOG.warn("what was known of {}, which was deleted, stays in {}: {}", key, topic, e.getMessage());
        }
    }

    /// Creates or replaces a rule.
    ///
    /// @return whether it is new
    boolean put(DefaultDestinationRule wanted, Precondition precondition, @Nullable String who) {
        return locked(() -> {
            refuse(compliance.faults(wanted));
            wanted.setChangedBy(who);
            return put(rules, key(wanted), current(wanted), wanted, precondition);
        });
    }

    /// Makes another version of a rule from the one there is, again if somebody else has changed it meanwhile.
    ///
    /// @param change of the rule there is, null for none, the one there shall be; null for none
    @Nullable
    DefaultDestinationRule change(
            String organization,
            String ruleId,
            @Nullable String who,
            UnaryOperator<@Nullable DefaultDestinationRule> change) {
        return locked(() -> {
            for (int races = 0; races < RACES_MAX; races++) {
                DefaultDestinationRule before = valueOf(view.rule(organization, ruleId));
                DefaultDestinationRule wanted = change.apply(before);
                try {
                    if (wanted != null) {
                        put(wanted, before == null ? new Precondition.Absent() : unchanged(before), who);
                    } else if (before != null) {
                        delete(before, unchanged(before));
                    }
                    return wanted;
                } catch (ProblemException e) {
                    if (e.status() != HttpStatus.PRECONDITION_FAILED) {
                        throw e;
                    }
                }
            }
            throw othersChangeIt();
        });
    }

    private static Precondition unchanged(DefaultDestinationRule rule) {
        return new Precondition.Version(rule.getVersion());
    }

    /// Creates, replaces and deletes rules of an organization, which have to keep its constraints together. They are
    /// written one after the other: whoever fails on the way repeats it.
    void change(RuleChanges changes, @Nullable String who) {
        locked(() -> {
            check(changes);
            for (DefaultDestinationRule wanted : changes.put()) {
                wanted.setChangedBy(who);
                put(rules, key(wanted), current(wanted), wanted, new Precondition.None());
            }
            for (DefaultDestinationRule rule : changes.deleted()) {
                delete(rules, key(rule), current(rule), new Precondition.None());
            }
            return true;
        });
    }

    /// Refuses what [#change] would.
    void check(RuleChanges changes) {
        refuse(compliance.faults(changes.organization(), changes.put(), changes.deletedIds()));
    }

    /// Creates or replaces a template.
    ///
    /// @param wanted if it is the first of its id, with the version that the next one follows
    /// @return whether it is new
    boolean put(RuleTemplate wanted, Precondition precondition, @Nullable String who) {
        return locked(() -> {
            wanted.setChangedBy(who);
            return put(
                    templates,
                    wanted.getTemplateId(),
                    valueOf(view.template(wanted.getTemplateId())),
                    wanted,
                    precondition);
        });
    }

    void delete(RuleTemplate template, Precondition precondition) {
        String id = template.getTemplateId();
        locked(() -> delete(templates, id, valueOf(view.template(id)), precondition));
    }

    private static void refuse(List<Fault> faults) {
        if (!faults.isEmpty()) {
            throw ProblemException.invalid(faults);
        }
    }

    void delete(DefaultDestinationRule rule, Precondition precondition) {
        locked(() -> delete(rules, key(rule), current(rule), precondition));
    }

    private @Nullable DefaultDestinationRule current(DefaultDestinationRule rule) {
        return valueOf(view.rule(rule.getOrganizationId(), rule.getRuleId()));
    }

    private static String key(DefaultDestinationRule rule) {
        return Keys.rule(rule.getOrganizationId(), rule.getRuleId());
    }

    // --- versions ----------------------------------------------------------------------------------------------------

    /// What the store has to know of the records of one topic.
    private record Kept<T extends SpecificRecord>(
            String topic, ToLongFunction<T> version, ObjLongConsumer<T> stamp, ToLongFunction<T> firstVersion) {

        @Nullable
        Long versionOf(@Nullable T record) {
            return record == null ? null : version.applyAsLong(record);
        }

        /// What has been replaced, to be written again.
        T again(T replaced, long version) {
            T copy = SpecificData.get().deepCopy(replaced.getSchema(), replaced);
            stamp.accept(copy, version);
            return copy;
        }
    }

    /// Writes a version that nobody else has used, which may take as many times as others change the same at once.
    ///
    /// @return whether it is new
    private <T extends SpecificRecord> boolean put(
            Kept<T> kept, String key, @Nullable T before, T wanted, Precondition precondition) {
        Long expected = kept.versionOf(before);
        precondition.require(expected);
        long version = expected == null ? kept.firstVersion().applyAsLong(wanted) : expected + 1;
        for (int races = 0; races < RACES_MAX; races++) {
            kept.stamp().accept(wanted, version);
            long offset = write(new Change(kept.topic(), key, wanted));
            T replaced = replacedBy(kept, offset);
            if (wanted instanceof Destination destination && isTaken(destination, offset)) {
                write(new Change(kept.topic(), key, replaced == null ? null : kept.again(replaced, version + 1)));
                throw nameIsTaken(destination);
            }
            Long found = kept.versionOf(replaced);
            if (!Objects.equals(found, expected)) {
                requireStill(precondition, kept, key, replaced, version);
            }
            if (found == null || found < version) {
                return found == null;
            }
            expected = version;
            version = found + 1;
        }
        throw othersChangeIt();
    }

    private <T extends SpecificRecord> long delete(
            Kept<T> kept, String key, @Nullable T before, Precondition precondition) {
        precondition.require(kept.versionOf(before));
        long offset = write(new Change(kept.topic(), key, null));
        T replaced = replacedBy(kept, offset);
        if (replaced != null) {
            requireStill(precondition, kept, key, replaced, kept.version().applyAsLong(replaced));
        }
        return offset;
    }

    /// Another process may have written between the look at the version and the write: then it is its version that
    /// stays.
    private <T extends SpecificRecord> void requireStill(
            Precondition precondition, Kept<T> kept, String key, @Nullable T replaced, long version) {
        try {
            precondition.require(kept.versionOf(replaced));
        } catch (ProblemException refused) {
            write(new Change(kept.topic(), key, replaced == null ? null : kept.again(replaced, version + 1)));
            throw refused;
        }
    }

    @SuppressWarnings("unchecked") // A topic has records of one type.
    private <T extends SpecificRecord> @Nullable T replacedBy(Kept<T> kept, long offset) {
        return (T) view.replacedBy(kept.topic(), offset).orElse(null);
    }

    private static ProblemException othersChangeIt() {
        return ProblemException.conflict("others keep changing this; try again");
    }

    private static <T> @Nullable T valueOf(Optional<ConfigurationView.Entry<T>> entry) {
        return entry.map(ConfigurationView.Entry::value).orElse(null);
    }

    private void refuseForeign(String organization, String id) {
        view.ownerOf(id).filter(owner -> !owner.equals(organization)).ifPresent(_ -> {
            throw ProblemException.conflict("this id is in use; put the destination by name, or under another id");
        });
    }

    private void refuseTaken(Destination wanted, long before) {
        if (isTaken(wanted, before)) {
            throw nameIsTaken(wanted);
        }
    }

    private static ProblemException nameIsTaken(Destination wanted) {
        return ProblemException.conflict("another destination of the organization has the name " + wanted.getName());
    }

    private boolean isTaken(Destination wanted, long before) {
        return view.named(wanted.getOrganizationId(), wanted.getName()).stream()
                .anyMatch(entry ->
                        !entry.value().getDestinationId().equals(wanted.getDestinationId()) && entry.offset() < before);
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

    private <T extends @Nullable Object> T locked(Supplier<T> change) {
        lock.lock();
        try {
            return change.get();
        } finally {
            lock.unlock();
        }
    }
}
