package dev.waybill.topology;

import static dev.waybill.topology.Samples.ACME;
import static dev.waybill.topology.Samples.GLOBEX;
import static dev.waybill.topology.Samples.destination;
import static dev.waybill.topology.Samples.id;
import static dev.waybill.topology.Samples.request;
import static dev.waybill.topology.Samples.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.avro.Destination;
import dev.waybill.schemas.Kind;
import dev.waybill.schemas.RetryDelay;
import dev.waybill.topology.model.Result;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.Reasons;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What holds whatever happens: requests, configuration changes, outcomes, repeats and lateness in any order. Sinks and
/// forwarder are played by the test. A failure names the seed that repeats it.
@SuppressWarnings("NullAway") // an unexpected null fails the test
class LawsTest {

    private static final int SEEDS = 25;
    private static final int DELIVERIES = 20;
    private static final List<String> NAMES = List.of("a", "b", "c", "d");

    @Test
    void everyDeliveryHasOneResultNoForeignDestinationAndNoneTwice() {
        for (long seed = 0; seed < SEEDS; seed++) {
            try (TestRouter router = new TestRouter()) {
                new Run(router, seed).play();
            }
        }
    }

    @Test
    void theSameInputGivesTheSameOutput() {
        try (TestRouter one = new TestRouter();
                TestRouter other = new TestRouter()) {
            assertThat(new Run(one, 42).play()).isEqualTo(new Run(other, 42).play());
        }
    }

    /// One run: what was asked, what the sinks hold, and what was seen.
    private static final class Run {

        private final TestRouter router;
        private final RandomGenerator random;
        private final String seed;
        private final List<Task> atSinks = new ArrayList<>();
        private final List<Task> waiting = new ArrayList<>();
        private final Map<String, Set<String>> sent = new HashMap<>();
        private final List<DeliveryResult> results = new ArrayList<>();
        private final List<String> log = new ArrayList<>();

        Run(TestRouter router, long seed) {
            this.router = router;
            this.random = new Random(seed);
            this.seed = "seed " + seed;
        }

        List<String> play() {
            NAMES.forEach(name -> router.put(destination(ACME, name)));
            router.put(destination(GLOBEX, "theirs"));
            for (int i = 0; i < DELIVERIES; i++) {
                configure();
                router.request(anyRequest(i));
                collect();
                someSteps(4);
            }
            for (int step = 0; step < 5_000 && !(atSinks.isEmpty() && waiting.isEmpty()); step++) {
                someSteps(1);
            }
            assertThat(atSinks).as(seed).isEmpty();
            assertThat(waiting).as(seed).isEmpty();
            assertThat(results)
                    .as(seed)
                    .extracting(DeliveryResult::getDeliveryId)
                    .doesNotHaveDuplicates();
            assertThat(results).as(seed).hasSize(DELIVERIES);
            assertThat(router.deadLetters())
                    .as(seed)
                    .allSatisfy(dead -> assertThat(
                                    dev.waybill.schemas.Headers.text(dead.headers(), dev.waybill.schemas.Headers.KIND))
                            .isEqualTo(dev.waybill.schemas.Headers.KIND_TASK));
            return log;
        }

        private void configure() {
            if (random.nextInt(3) == 0) {
                Destination changed = destination(ACME, any(NAMES));
                changed.setEnabled(random.nextInt(3) > 0);
                if (random.nextInt(8) == 0) {
                    router.delete(changed);
                } else {
                    router.put(changed);
                }
            }
            if (random.nextInt(3) == 0) {
                router.put(rule("r", 1, someIds(1), someIds(0).toArray(UUID[]::new)));
            }
        }

        private DeliveryRequest anyRequest(int number) {
            List<String> named = random.nextBoolean()
                    ? List.of()
                    : Stream.generate(() -> any(List.of(
                                    "a",
                                    "b",
                                    "c",
                                    "d",
                                    "nobody",
                                    id(GLOBEX + "theirs").toString())))
                            .limit(random.nextInt(1, 5))
                            .toList();
            DeliveryRequest request = request("d-" + number, named.toArray(String[]::new));
            if (random.nextInt(6) == 0) {
                request.setIdempotencyKey("k-" + random.nextInt(3));
            }
            if (random.nextInt(6) == 0) {
                request.setNotAfter(router.clock.instant().plusSeconds(random.nextInt(-5, 60)));
            }
            return request;
        }

        private List<UUID> someIds(int min) {
            return Stream.generate(() -> random.nextInt(6) == 0 ? id(GLOBEX + "theirs") : id(ACME + any(NAMES)))
                    .limit(random.nextInt(min, 4))
                    .toList();
        }

        private void someSteps(int bound) {
            for (int i = random.nextInt(bound); i >= 0; i--) {
                router.clock.move(Duration.ofMillis(random.nextInt(2_000)));
                step();
                collect();
            }
        }

        private void step() {
            if (!waiting.isEmpty() && random.nextBoolean()) {
                router.comeBack(waiting.remove(random.nextInt(waiting.size())));
            } else if (!atSinks.isEmpty()) {
                attempt(atSinks.remove(random.nextInt(atSinks.size())));
            }
        }

        /// What a sink does with a task. What ends one of several routes may be reported twice.
        private void attempt(Task task) {
            var now = router.clock.instant();
            var made = task.route().ranked();
            switch (random.nextInt(4)) {
                case 0 -> end(task, true);
                case 1 -> waiting.add(task.with(made.retry(now.plusSeconds(random.nextInt(100)), Fates.failure())));
                case 2 -> waiting.add(task.with(made.postpone(now)));
                default -> {
                    if (made.hasNext()) {
                        router.comeBack(task.with(made.failOver(Reasons.EXHAUSTED, Fates.failure(), now)));
                    } else {
                        end(task, false);
                    }
                }
            }
        }

        private void end(Task task, boolean delivered) {
            var now = router.clock.instant();
            var fate = delivered ? Fates.delivered(task, now) : Fates.exhausted(task, now);
            if (task.route().isOnlyRoute()) {
                var result = router.records.encode(Result.settled(task.delivery(), List.of(fate), now));
                results.add(router.codec.decode(result.array(), DeliveryResult.class));
                return;
            }
            router.settle(task, fate);
            if (random.nextInt(3) == 0) {
                router.settle(task, random.nextBoolean() ? Fates.delivered(task, now) : Fates.exhausted(task, now));
            }
            if (random.nextInt(3) == 0) {
                router.comeBack(task);
            }
        }

        private void collect() {
            for (Kind kind : Kind.values()) {
                router.tasks(kind).forEach(this::take);
            }
            for (RetryDelay delay : RetryDelay.DEFAULTS) {
                waiting.addAll(router.waiting(delay.label()));
            }
            router.results().forEach(result -> {
                results.add(result);
                log.add(result.toString());
            });
        }

        private void take(Task task) {
            log.add(task.route().toString());
            assertThat(task.destination().organizationId()).as(seed).isEqualTo(ACME);
            assertThat(task.destination().id().toString())
                    .as(seed)
                    .isEqualTo(task.route().current());
            String route = task.route().number() + " of " + task.delivery().id();
            Set<String> owners = sent.computeIfAbsent(
                    task.delivery().id() + " at " + task.destination().name(), _ -> new HashSet<>());
            owners.add(route);
            assertThat(owners).as("%s: routes that sent %s", seed, route).hasSize(1);
            atSinks.add(task);
        }

        private String any(List<String> of) {
            return of.get(random.nextInt(of.size()));
        }
    }
}
