package dev.waybill.worker.ops;

import dev.waybill.avro.Destination;
import dev.waybill.avro.DestinationTest;
import dev.waybill.schemas.Keys;
import dev.waybill.worker.ops.ConfigurationView.Entry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tests destinations when it is time, as their policy asks.
///
/// Every worker with the REST interface has one. They do not agree who tests; each takes a while of its own longer than
/// the interval, and sees what another has found meanwhile. Now and then two test the same, which does no harm.
final class TestSchedule {

    private static final Logger LOG = LoggerFactory.getLogger(TestSchedule.class);

    /// How often is looked for what it is time for.
    static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    /// At the same time, of those that [ConnectionTests] allows; people come first.
    private static final int RUNNING_MAX = 8;

    /// By which part of the interval workers differ.
    private static final int SPREAD = 10;

    private final ConfigurationView view;
    private final LastTests tests;
    private final InstantSource clock;
    private final Executor threads;
    private final String workerId;
    private final Set<String> running = ConcurrentHashMap.newKeySet();

    /// @param threads where tests run; it takes all at once
    TestSchedule(ConfigurationView view, LastTests tests, InstantSource clock, Executor threads, String workerId) {
        this.view = view;
        this.tests = tests;
        this.clock = clock;
        this.threads = threads;
        this.workerId = workerId;
    }

    /// Starts the tests that it is time for.
    void look() {
        Instant now = clock.instant();
        for (Entry<Destination> one : view.scheduledTests()) {
            if (running.size() >= RUNNING_MAX) {
                return;
            }
            Destination destination = one.value();
            String key = Keys.destination(destination.getOrganizationId(), destination.getDestinationId());
            if (isTime(destination, key, now) && running.add(key)) {
                threads.execute(() -> run(destination, key));
            }
        }
    }

    private boolean isTime(Destination destination, String key, Instant now) {
        Duration interval = ConfigurationView.testInterval(destination).orElseThrow();
        Optional<DestinationTest> last = view.test(destination);
        if (last.isEmpty()) {
            return true;
        }
        Duration age = Duration.between(last.get().getTestedAt(), now);
        // One from the future is of a clock that was wrong.
        return age.compareTo(interval.plus(spread(interval, key))) >= 0 || age.compareTo(interval.negated()) < 0;
    }

    private Duration spread(Duration interval, String key) {
        long most = interval.toMillis() / SPREAD;
        return Duration.ofMillis(Math.floorMod((workerId + key).hashCode(), most + 1));
    }

    private void run(Destination destination, String key) {
        try {
            var problem = tests.run(destination, true).problem();
            if (problem != null) {
                LOG.warn(
                        "scheduled test failed organization={} destination={} error_code={}",
                        destination.getOrganizationId(),
                        destination.getDestinationId(),
                        problem.error().wireName());
            }
        } catch (ProblemException e) {
            LOG.warn("{} is not tested now: {}", key, e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            running.remove(key);
        }
    }
}
