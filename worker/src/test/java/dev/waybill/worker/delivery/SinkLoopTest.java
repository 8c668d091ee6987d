package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryAttempt;
import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.schemas.Headers;
import dev.waybill.schemas.Kind;
import dev.waybill.schemas.registry.InMemorySchemaRegistry;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Health;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Payloads;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// One loop with one partition, step by step.
class SinkLoopTest {

    private static final Duration BOUND =
            Duration.ofSeconds(2L * Attempts.STUCK_FACTOR).plus(Attempts.STUCK_MARGIN);

    private final InMemorySchemaRegistry schemas = new InMemorySchemaRegistry();
    private final FlakyRegistry registry = new FlakyRegistry(schemas);
    private final Samples router = new Samples(schemas);
    private final Samples samples = new Samples(registry);
    private final HandMovedTime time = new HandMovedTime();
    private final HeldExecutor<Integer> threads = new HeldExecutor<>(() -> 0);
    private final Random random = new Random(1);
    private final CountingMetrics metrics = new CountingMetrics();
    private final Destination destination = router.destination(
            "a",
            DeliveryPolicy.newBuilder()
                    .setTotalTimeoutMs(2_000L)
                    .setConcurrency(1)
                    .setHoursFrom("00:00")
                    .setHoursTo("12:01")
                    .setHoursZone("UTC")
                    .build());

    private ScriptedProvider.Script script = (_, _) -> delivered();
    private LoopTime attemptsTime = time;
    private ToldHealth health = ToldHealth.NONE;
    private @Nullable RecordingTaskLog log;
    private int played;

    private static final class CountingMetrics implements LoopMetrics {
        private final List<Supplier<Gauges>> running = new ArrayList<>();
        private int stuck;

        @Override
        public void started(Kind kind, Supplier<Gauges> gauges) {
            running.add(gauges);
        }

        @Override
        public void stopped(Kind kind, Supplier<Gauges> gauges) {
            running.remove(gauges);
        }

        @Override
        public void attemptStuck(Kind kind) {
            stuck++;
        }
    }

    @AfterEach
    void takeBackTheInterrupt() {
        Thread.interrupted();
    }

    private AttemptReport delivered() {
        return AttemptReport.of(new Outcome.Delivered(), time.now(), Duration.ZERO);
    }

    private SinkLoop loop() {
        ScriptedProvider provider = new ScriptedProvider((to, attempt) -> {
            played++;
            return script.play(to, attempt);
        });
        Attempts attempts = new Attempts(
                new OpenSinks(List.of(provider)),
                Payloads.INLINE,
                samples.outcomes,
                AttemptObserver.NONE,
                attemptsTime,
                random);
        return new SinkLoop(
                Kind.WEBHOOK,
                SinkLoopSettings.DEFAULTS,
                samples.records,
                samples.tasks,
                samples.outcomes,
                attempts,
                threads,
                time,
                metrics,
                listener -> log = new RecordingTaskLog(listener, health));
    }

    private RecordingTaskLog log() {
        return Objects.requireNonNull(log);
    }

    private void append(String delivery) {
        Task task = router.task(delivery, destination);
        log().append(
                        "acme/" + destination.id(),
                        router.records.encode(task, Samples.PARTITION.topic()).array());
    }

    private void step(SinkLoop loop, Duration after) {
        time.move(after);
        loop.step();
    }

    private List<DeliveryAttempt> events() {
        return log().written(Samples.TOPICS.attempts()).stream()
                .map(one -> samples.codec.decode(one.value(), DeliveryAttempt.class))
                .toList();
    }

    private LoopMetrics.Gauges gauges() {
        return metrics.running.getFirst().get();
    }

    @Test
    void anAttemptThatNeverReturnsIsWrittenOff() {
        SinkLoop loop = loop();
        append("d-1");
        step(loop, Duration.ZERO);
        step(loop, BOUND.minusMillis(1));
        assertThat(events()).isEmpty();
        assertThat(gauges().oldestAdmitted()).isEqualTo(BOUND.minusMillis(1));

        step(loop, SinkLoop.LOOK_INTERVAL);
        step(loop, Duration.ofMillis(100));
        assertThat(events()).hasSize(1);
        assertThat(events().getFirst().getOutcome()).isEqualTo("Ambiguous");
        assertThat(events().getFirst().getErrorCode()).isEqualTo("attempt_stuck");
        assertThat(events().getFirst().getStatus()).isEqualTo("retrying");
        assertThat(metrics.stuck).isOne();
        assertThat(gauges().admitted()).isZero();
        assertThat(gauges().inFlight()).isZero();
        assertThat(gauges().stuck()).isOne();
    }

    /// It comes back when nobody waits for it any more: what it says then would be a second outcome.
    @Test
    void whatAnAttemptSaysAfterItWasWrittenOffIsDropped() {
        SinkLoop loop = loop();
        script = (_, _) -> {
            step(loop, BOUND.plus(SinkLoop.LOOK_INTERVAL));
            assertThat(gauges().stuck()).isOne();
            assertThat(Thread.interrupted()).as("interrupted").isTrue();
            return delivered();
        };
        append("d-1");
        step(loop, Duration.ZERO);
        threads.runOne(random);
        step(loop, Duration.ofMillis(100));
        assertThat(events()).hasSize(1);
        assertThat(events().getFirst().getErrorCode()).isEqualTo("attempt_stuck");
        assertThat(log().written(Samples.TOPICS.results())).isEmpty();
        assertThat(gauges().stuck()).isZero();
    }

    @Test
    void anAttemptThatWasWrittenOffBeforeItBeganIsNotMade() {
        SinkLoop loop = loop();
        append("d-1");
        step(loop, Duration.ZERO);
        step(loop, BOUND.plus(SinkLoop.LOOK_INTERVAL));
        threads.runOne(random);
        assertThat(played).isZero();
    }

    /// The registry is away when it is to be written: that is no reason to take a delivery for an unknown one.
    @Test
    void whatIsKnownIsNotWrittenOff() {
        SinkLoop loop = loop();
        script = (_, _) -> {
            registry.reachable(false);
            return delivered();
        };
        time.whileSleeping(() -> {
            time.whileSleeping(() -> {});
            step(loop, BOUND.plus(SinkLoop.LOOK_INTERVAL));
            registry.reachable(true);
        });
        append("d-1");
        step(loop, Duration.ZERO);
        threads.runOne(random);
        step(loop, Duration.ofMillis(100));
        assertThat(events()).hasSize(1);
        assertThat(events().getFirst().getOutcome()).isEqualTo("Delivered");
        assertThat(metrics.stuck).isZero();
    }

    /// Whatever kills the thread of an attempt: its task comes to an end, without a restart.
    @Test
    void aTaskWhoseAttemptGivesNoOutcomeEndsAllTheSame() {
        attemptsTime = new LoopTime() {
            @Override
            public Instant now() {
                return time.now();
            }

            @Override
            public long nanos() {
                return time.nanos();
            }

            @Override
            public void sleep(Duration duration) {
                throw new OutOfMemoryError("for the test");
            }
        };
        SinkLoop loop = loop();
        script = (_, _) -> {
            registry.reachable(false);
            return delivered();
        };
        append("d-1");
        step(loop, Duration.ZERO);
        threads.runOne(random);
        step(loop, SinkLoop.LOOK_INTERVAL);
        assertThat(events()).as("the registry is still away").isEmpty();
        registry.reachable(true);
        step(loop, SinkLoop.LOOK_INTERVAL);
        step(loop, Duration.ofMillis(100));
        assertThat(events()).hasSize(1);
        assertThat(events().getFirst().getErrorCode()).isEqualTo("outcome_lost");
        assertThat(gauges().admitted()).isZero();
    }

    @Test
    void hoursThatEndWhileATaskWaitsHoldForIt() {
        SinkLoop loop = loop();
        append("d-1");
        step(loop, Duration.ZERO);
        time.move(Duration.ofMinutes(2));
        threads.runOne(random);
        step(loop, Duration.ofMillis(100));
        assertThat(played).isZero();
        assertThat(log().written).hasSize(1);
        assertThat(log().written.getFirst().topic()).startsWith(Samples.TOPICS.prefix() + "retries.");
    }

    /// A worker told that its breaker is open and died; the task was routed before.
    @Test
    void aDestinationThatAnEarlierOwnerLeftAloneReceivesNothing() {
        Health open =
                Health.well(destination).opened(destination.policy().breaker().openTime(), time.now());
        KnownHealth known = new KnownHealth(open);
        health = known;
        SinkLoop loop = loop();
        append("d-1");
        step(loop, Duration.ZERO);
        assertThat(log().written).as("it is not known yet").isEmpty();
        assertThat(threads.held()).isZero();

        known.isRead = true;
        step(loop, Duration.ofMillis(5));
        step(loop, Duration.ofMillis(100));
        assertThat(threads.held()).isZero();
        assertThat(log().written).hasSize(1);
        assertThat(log().written.getFirst().headers().lastHeader(Headers.DUE)).isNotNull();

        Duration openTime = destination.policy().breaker().openTime();
        for (int i = 0; i < destination.policy().breaker().probes(); i++) {
            append("d-2" + i);
            step(loop, i == 0 ? openTime : Duration.ZERO);
            threads.runOne(random);
            step(loop, Duration.ofMillis(100));
        }
        assertThat(played).isEqualTo(destination.policy().breaker().probes());
        List<?> told = log().written(Samples.TOPICS.destinationHealth());
        assertThat(told).as("the record of the open breaker is taken back").hasSize(1);
        assertThat(log().written(Samples.TOPICS.destinationHealth()).getFirst().value())
                .isNull();
        assertThat(known.told).isEqualTo(1);
    }

    /// As it was told before.
    private static final class KnownHealth implements ToldHealth {
        private final Health open;
        private boolean isRead;
        private int told;

        KnownHealth(Health open) {
            this.open = open;
        }

        @Override
        public boolean catchUp() {
            return isRead;
        }

        @Override
        public Health latest(UUID destination, @Nullable Health seen) {
            return open;
        }

        @Override
        public void told(String key, byte @Nullable [] value) {
            told++;
        }
    }

    @Test
    void aLoopThatIsClosedIsCountedNoMore() {
        SinkLoop loop = loop();
        assertThat(metrics.running).hasSize(1);
        loop.close();
        assertThat(metrics.running).isEmpty();
    }
}
