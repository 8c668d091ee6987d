package dev.waybill.topology;

import static dev.waybill.topology.Samples.ACME;
import static dev.waybill.topology.Samples.GLOBEX;
import static dev.waybill.topology.Samples.destination;
import static dev.waybill.topology.Samples.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.Destination;
import dev.waybill.avro.DestinationHealth;
import dev.waybill.avro.RequestContext;
import dev.waybill.avro.RuleConditions;
import dev.waybill.avro.RuleTarget;
import dev.waybill.schemas.Keys;
import dev.waybill.schemas.RetryDelay;
import dev.waybill.schemas.Topics;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Origin;
import dev.waybill.topology.model.Route;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.RetryPlan;
import dev.waybill.topology.routing.Explainer;
import dev.waybill.topology.routing.Explanation;
import dev.waybill.topology.routing.Explanation.RouteFinding;
import dev.waybill.topology.routing.Resolution;
import dev.waybill.topology.routing.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What is explained is what then happens: random rules, destinations in every state, thousands of requests. And what
/// then happens keeps the laws of routing.
class ExplanationTest {

    private static final int SEEDS = 40;
    private static final int REQUESTS = 60;
    private static final List<String> NAMES = List.of("a", "b", "c", "d", "e", "off", "open", "gone");
    private static final List<String> TYPES = List.of("audit.report", "audit.trail", "invoice");
    private static final List<String> WORDS = List.of("x", "y");

    @Test
    void agreesWithWhatThenHappens() {
        for (long seed = 0; seed < SEEDS; seed++) {
            try (TestRouter router = new TestRouter()) {
                new Run(router, seed).play();
            }
        }
    }

    @SuppressWarnings("NullAway") // an unexpected null fails the test
    private static final class Run {

        private final TestRouter router;
        private final Random random;
        private final String seed;
        private final RouterSettings settings = RouterSettings.defaults(new Topics(Topics.DEFAULT_PREFIX), 1);
        private final Explainer explainer =
                new Explainer(new RetryPlan(settings.retryDelays()), settings.resolutionGrace());

        Run(TestRouter router, long seed) {
            this.router = router;
            this.random = new Random(seed);
            this.seed = "seed " + seed;
        }

        void play() {
            for (String name : NAMES) {
                Destination destination = destination(ACME, name);
                destination.setEnabled(!name.equals("off"));
                router.put(destination);
                if (name.equals("open")) {
                    trip(destination);
                }
            }
            router.put(destination(GLOBEX, "theirs"));
            for (int i = 0; i < REQUESTS; i++) {
                router.put(rule());
                check(request("d-" + i));
            }
        }

        private void trip(Destination destination) {
            router.pipe(
                    router.topics.destinationHealth(),
                    Keys.destination(ACME, destination.getDestinationId()),
                    DestinationHealth.newBuilder()
                            .setOrganizationId(ACME)
                            .setDestinationId(destination.getDestinationId())
                            .setDestinationVersion(1)
                            .setDestinationFingerprint(router.fingerprint(destination))
                            .setOpenUntil(router.clock.instant().plusSeconds(60))
                            .setTrips(1)
                            .setSince(HandMovedClock.START)
                            .setFailures(10)
                            .setFailingSince(HandMovedClock.START)
                            .setLastErrorCode("http_503")
                            .build());
        }

        private void check(DeliveryRequest request) {
            Explanation explanation =
                    explainer.explain(router.configuration, delivery(request), router.clock.instant());
            router.request(request);
            List<Task> sent = router.tasks();
            List<Task> waiting = new ArrayList<>();
            for (RetryDelay delay : settings.retryDelays()) {
                waiting.addAll(router.waiting(delay.toString()));
            }
            String about = seed + ", " + request + ": " + explanation;
            switch (explanation.resolution()) {
                case Resolution.Rejected(String reason) -> {
                    assertThat(router.onlyResult().getReason()).as(about).isEqualTo(reason);
                    assertThat(explanation.rules()).as(about).noneMatch(rule -> rule.matches() && rule.decides());
                }
                case Resolution.Waits() -> throw new AssertionError(about);
                case Resolution.Routes(List<Route> routes) -> {
                    assertThat(explanation.routes()).as(about).hasSameSizeAs(routes);
                    assertThat(sent.stream().map(Task::route))
                            .as(about)
                            .containsExactlyElementsOf(of(explanation, Step.Send.class));
                    assertThat(sent.stream().map(task -> task.destination().id()))
                            .as(about)
                            .doesNotHaveDuplicates()
                            .doesNotContain(id(GLOBEX + "theirs"));
                    // For how long depends on how many wait there already.
                    assertThat(waiting.stream().map(task -> where(task.route())))
                            .as(about)
                            .containsExactlyInAnyOrderElementsOf(of(explanation, Step.Wait.class).stream()
                                    .map(Run::where)
                                    .toList());
                    Set<String> deciding = new HashSet<>();
                    routes.forEach(route -> deciding.add(route.rule().ruleId()));
                    assertThat(explanation.rules().stream()
                                    .filter(Explanation.RuleFinding::decides)
                                    .map(rule -> rule.rule().ruleId()))
                            .as(about)
                            .containsAll(deciding);
                    router.results();
                }
            }
            router.events();
            router.deadLetters();
        }

        private static List<Object> where(Route route) {
            return List.of(route.number(), route.candidates(), route.candidate(), route.trail());
        }

        private static List<Route> of(Explanation explanation, Class<? extends Step> type) {
            return explanation.routes().stream()
                    .map(RouteFinding::step)
                    .filter(type::isInstance)
                    .map(Step::route)
                    .toList();
        }

        private Delivery delivery(DeliveryRequest request) {
            Bytes encoded = Bytes.of(router.codec.encode(router.topics.requests(), request));
            return new Delivery(
                    router.records.request(encoded),
                    encoded,
                    new Origin("", 0, 0),
                    router.clock.instant(),
                    Samples.BODY.length,
                    null);
        }

        private DeliveryRequest request(String deliveryId) {
            DeliveryRequest request = Samples.request(deliveryId);
            request.getPayload().setType(TYPES.get(random.nextInt(TYPES.size())));
            request.setContext(RequestContext.newBuilder()
                    .setUserRole(random.nextBoolean() ? WORDS.get(random.nextInt(2)) : null)
                    .setTags(random.nextBoolean() ? List.of(WORDS.get(random.nextInt(2))) : List.of())
                    .build());
            request.setMetadata(random.nextBoolean() ? Map.of("k", WORDS.get(random.nextInt(2))) : Map.of());
            return request;
        }

        private DefaultDestinationRule rule() {
            List<UUID> left =
                    new ArrayList<>(NAMES.stream().map(name -> id(ACME + name)).toList());
            left.add(id(GLOBEX + "theirs"));
            left.add(id("nobody's"));
            Collections.shuffle(left, random);
            String selection = List.of("all", "failover", "weighted", "round-robin", "sticky")
                    .get(random.nextInt(5));
            return DefaultDestinationRule.newBuilder()
                    .setOrganizationId(ACME)
                    .setRuleId("r" + random.nextInt(6))
                    .setName("r")
                    .setPriority(random.nextInt(4))
                    .setActive(random.nextInt(6) > 0)
                    .setConditions(conditions())
                    .setSelection(selection)
                    .setStickyBy(selection.equals("sticky") ? "metadata.k" : null)
                    .setPrimary(targets(left, 1 + random.nextInt(3)))
                    .setSecondary(targets(left, random.nextInt(3)))
                    .setFallback(targets(left, random.nextInt(3)))
                    .setContinues(random.nextInt(3) == 0)
                    .setVersion(1)
                    .setChangedAt(HandMovedClock.START)
                    .build();
        }

        private RuleConditions conditions() {
            RuleConditions.Builder conditions = RuleConditions.newBuilder();
            if (random.nextBoolean()) {
                conditions.setPayloadTypes(
                        List.of(List.of("audit.*", "audit.trail", "invoice").get(random.nextInt(3))));
            }
            if (random.nextInt(4) == 0) {
                conditions.setUserRoles(List.of("x"));
            }
            if (random.nextInt(4) == 0) {
                conditions.setTagsNone(List.of("y"));
            }
            if (random.nextInt(4) == 0) {
                conditions.setMetadata(Map.of("k", "x"));
            }
            return conditions.build();
        }

        private List<RuleTarget> targets(List<UUID> left, int count) {
            List<RuleTarget> targets = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                targets.add(new RuleTarget(left.removeLast().toString(), 1 + random.nextInt(3)));
            }
            return targets;
        }
    }
}
