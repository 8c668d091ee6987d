package dev.waybill.worker.delivery;

import dev.waybill.schemas.registry.RegistryException;
import dev.waybill.topology.policy.Fault;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tasks whose attempts gave no outcome, until they have an end all the same: nothing may wait for a restart.
///
/// ```
///   the thread failed, or was given up ──► ambiguous ──cannot be written, three times──► dead letter of the
/// request
/// ```
///
/// Threads of attempts add to it; the loop's thread ends them.
final class LostAttempts {

    private static final Logger LOG = LoggerFactory.getLogger(LostAttempts.class);

    /// Tries to say that the outcome is unknown, one each time the loop looks, before only what was asked for is
    /// told. A heap that was full once may not be the next time.
    static final int TRIES_MAX = 3;

    private record Lost(Work work, Fault fault, Instant begun, int tries) {
        Lost again() {
            return new Lost(work, fault, begun, tries + 1);
        }
    }

    private final Attempts attempts;
    private final OutcomeRecords outcomes;
    private final LoopTime time;
    private final Queue<Lost> lost = new ConcurrentLinkedQueue<>();

    LostAttempts(Attempts attempts, OutcomeRecords outcomes, LoopTime time) {
        this.attempts = attempts;
        this.outcomes = outcomes;
        this.time = time;
    }

    /// Takes the tasks of a call that its caller has settled.
    ///
    /// @param fault why nobody knows what became of it
    void add(Call call, Fault fault, Instant begun) {
        call.works().forEach(work -> lost.add(new Lost(work, fault, begun, 0)));
    }

    /// What can be ended now; the rest is tried again.
    List<Ended> end() {
        List<Ended> ended = new ArrayList<>();
        List<Lost> again = new ArrayList<>();
        for (Lost one = lost.poll(); one != null; one = lost.poll()) {
            try {
                ended.add(end(one));
            } catch (RegistryException e) {
                LOG.warn("a lost outcome waits for the schema registry: {}", e.getMessage());
                again.add(one);
            } catch (RuntimeException | Error e) {
                LOG.error(
                        "{} offset {} cannot be ended",
                        one.work().partition(),
                        one.work().offset(),
                        e);
                again.add(one.again());
            }
        }
        lost.addAll(again);
        return ended;
    }

    private Ended end(Lost one) {
        return one.tries() < TRIES_MAX
                ? attempts.writtenOff(one.work(), one.fault(), one.begun())
                : outcomes.unspeakable(one.work(), one.fault(), time.now());
    }
}
