package dev.waybill.topology;

import static dev.waybill.topology.Samples.ACME;
import static dev.waybill.topology.Samples.destination;
import static dev.waybill.topology.Samples.id;
import static dev.waybill.topology.Samples.request;
import static dev.waybill.topology.Samples.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.DeliveryAttempt;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.avro.RouteFate;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.Reasons;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway") // an unexpected null fails the test
class SeveralRoutesTest {

    private final TestRouter router = new TestRouter();

    @BeforeEach
    void configure() {
        for (String name : List.of("a", "b", "c")) {
            router.put(destination(ACME, name));
        }
    }

    @AfterEach
    void close() {
        router.close();
    }

    private List<Task> routed(DeliveryRequest request) {
        router.request(request);
        router.events();
        return router.tasks();
    }

    /// Routed by one rule for each primary, with the others of these as its fallbacks.
    private List<Task> routedBy(List<String> primaries, String... fallback) {
        for (String primary : primaries) {
            DefaultDestinationRule rule = rule(
                    primary,
                    -primaries.indexOf(primary),
                    List.of(id(ACME + primary)),
                    Arrays.stream(fallback)
                            .filter(name -> !name.equals(primary))
                            .map(name -> id(ACME + name))
                            .toArray(UUID[]::new));
            rule.setContinues(true);
            router.put(rule);
        }
        return routed(request("d-1"));
    }

    private void deliver(Task task) {
        router.settle(task, Fates.delivered(task, router.clock.instant()));
    }

    private void exhaust(Task task) {
        router.settle(task, Fates.exhausted(task, router.clock.instant()));
    }

    private void failOver(Task task) {
        router.comeBack(
                task.with(task.route().ranked().failOver(Reasons.PERMANENT, Fates.failure(), router.clock.instant())));
    }

    @Test
    void theResultIsWrittenOnceWhenTheLastRouteEnds() {
        List<Task> tasks = routed(request("d-1", "a", "b"));
        deliver(tasks.get(1));
        assertThat(router.results()).isEmpty();
        deliver(tasks.get(1));
        deliver(tasks.get(0));
        deliver(tasks.get(0));
        exhaust(tasks.get(1));
        DeliveryResult result = router.onlyResult();
        assertThat(result.getStatus()).isEqualTo("DELIVERED");
        assertThat(result.getRoutes()).extracting(RouteFate::getRoute).containsExactly(0, 1);
        assertThat(router.events()).hasSize(1);
        assertThat(router.metrics.counted).filteredOn("stale"::equals).hasSize(3);
    }

    @Test
    void resultAndLastEventRepeatWhatWasAskedFor() {
        DeliveryRequest request = request("d-1", "a", "b");
        request.setContext(dev.waybill.avro.RequestContext.newBuilder()
                .setTags(List.of("monthly"))
                .build());
        request.setCorrelationId("c-1");
        request.setCrossSystemReference("x-1");
        request.setIdempotencyKey("i-1");
        request.setRequestedBy("someone");
        request.setMetadata(java.util.Map.of("k", "v"));
        router.request(request);
        List<Task> tasks = router.tasks();
        DeliveryAttempt first = router.events().getFirst();
        router.clock.move(Duration.ofSeconds(3));
        tasks.forEach(this::deliver);
        DeliveryAttempt last = TestRouter.only(router.events());
        assertThat(List.of(first, last))
                .allSatisfy(event -> assertThat(event)
                        .returns("c-1", DeliveryAttempt::getCorrelationId)
                        .returns("x-1", DeliveryAttempt::getCrossSystemReference)
                        .returns("i-1", DeliveryAttempt::getIdempotencyKey)
                        .returns("someone", DeliveryAttempt::getRequestedBy)
                        .returns(List.of("monthly"), DeliveryAttempt::getTags)
                        .returns(HandMovedClock.START, DeliveryAttempt::getRequestedAt)
                        .returns(HandMovedClock.START, DeliveryAttempt::getQueuedAt)
                        .returns(first.getPayloadHash(), DeliveryAttempt::getPayloadHash)
                        .returns(7, DeliveryAttempt::getPayloadSize));
        DeliveryResult result = router.onlyResult();
        assertThat(result.getMetadata()).containsEntry("k", "v");
        assertThat(result.getCompletedAt()).isEqualTo(HandMovedClock.START.plusSeconds(3));
    }

    @Test
    void aRouteThatFailsOverToAnotherOnesDestinationSharesItsFate() {
        List<Task> tasks = routedBy(List.of("a", "b"), "b");
        failOver(tasks.get(0));
        assertThat(router.tasks()).isEmpty();
        assertThat(router.events()).isEmpty();
        deliver(tasks.get(1));
        DeliveryResult result = router.onlyResult();
        assertThat(result.getStatus()).isEqualTo("DELIVERED");
        RouteFate joined = result.getRoutes().getFirst();
        assertThat(joined.getJoinedRoute()).isEqualTo(1);
        assertThat(joined.getAttempts()).isEqualTo(1);
        assertThat(joined.getFallbackUsed()).isTrue();
        assertThat(joined.getTrail()).hasSize(1);
        assertThat(joined.getRuleId()).isEqualTo("a");
        assertThat(joined.getRuleTier()).isEqualTo("fallback");
    }

    @Test
    void aRouteJoinsOneThatHasDeliveredAlready() {
        List<Task> tasks = routedBy(List.of("a", "b"), "b");
        deliver(tasks.get(1));
        failOver(tasks.get(0));
        assertThat(router.tasks()).isEmpty();
        assertThat(router.onlyResult().getStatus()).isEqualTo("DELIVERED");
    }

    @Test
    void twoRoutesWithTheSameFallbackSendItOnce() {
        List<Task> tasks = routedBy(List.of("a", "b"), "c");
        failOver(tasks.get(0));
        failOver(tasks.get(1));
        Task fallback = router.onlyTask();
        exhaust(fallback);
        DeliveryResult result = router.onlyResult();
        assertThat(result.getStatus()).isEqualTo("FAILED");
        assertThat(result.getRoutes()).extracting(RouteFate::getReason).containsOnly(Reasons.EXHAUSTED);
    }

    @Test
    void routesThatFallBackOnEachOtherDoNotWaitForEver() {
        List<Task> tasks = routedBy(List.of("a", "b"), "a", "b");
        failOver(tasks.get(0));
        failOver(tasks.get(1));
        assertThat(router.tasks()).isEmpty();
        DeliveryResult result = router.onlyResult();
        assertThat(result.getStatus()).isEqualTo("FAILED");
        assertThat(result.getRoutes()).extracting(RouteFate::getReason).containsOnly(Reasons.PERMANENT);
        assertThat(router.deadLetters()).hasSize(1);
    }

    @Test
    void aDestinationThatFailedForAnotherRouteIsPassedOver() {
        List<Task> tasks = routedBy(List.of("a", "b"), "b", "c");
        exhaust(tasks.get(1));
        failOver(tasks.get(0));
        Task task = router.onlyTask();
        assertThat(task.destination().name()).isEqualTo("c");
        assertThat(task.route().trail())
                .extracting(entry -> entry.reason())
                .containsExactly(Reasons.PERMANENT, Reasons.JOINED);
        deliver(task);
        assertThat(router.onlyResult().getStatus()).isEqualTo("PARTIAL");
    }

    @Test
    void aNameThatTurnsOutToBeAnotherRoutesDestinationIsJoined() {
        List<Task> tasks = routed(request("d-1", "a", "later"));
        Task waiting = TestRouter.only(router.waiting("1s"));
        var a = destination(ACME, "a");
        router.delete(a);
        a.setName("later");
        router.put(a);
        router.clock.move(Duration.ofSeconds(1));
        router.comeBack(waiting);
        assertThat(router.tasks()).isEmpty();
        deliver(tasks.getFirst());
        assertThat(router.onlyResult().getStatus()).isEqualTo("DELIVERED");
    }

    @Test
    void aTaskOfARouteThatHasEndedIsNotSentAgain() {
        List<Task> tasks = routed(request("d-1", "a", "b"));
        deliver(tasks.get(0));
        router.comeBack(tasks.get(0));
        deliver(tasks.get(1));
        router.comeBack(tasks.get(1));
        assertThat(router.tasks()).isEmpty();
        assertThat(router.results()).hasSize(1);
    }

    @Test
    void aCancelledDeliveryEndsWhereItComesByNext() {
        List<Task> tasks = routed(request("d-1", "a", "b"));
        router.cancel(ACME, "d-1");
        deliver(tasks.get(0));
        Task failed = tasks.get(1);
        router.comeBack(failed.with(failed.route().ranked().retry(router.clock.instant(), Fates.failure())));
        assertThat(router.tasks()).isEmpty();
        DeliveryResult result = router.onlyResult();
        assertThat(result.getStatus()).isEqualTo("PARTIAL");
        assertThat(result.getRoutes()).extracting(RouteFate::getStatus).containsExactly("delivered", "cancelled");
        assertThat(router.deadLetters()).isEmpty();
    }

    @Test
    void aCancelCommandForWhatIsNotKnownIsCounted() {
        router.cancel(ACME, "d-9");
        assertThat(router.metrics.counted).containsExactly("stale");
    }

    @Test
    void theSameDeliveryIdUnderAnotherKeyIsNoSecondDeliveryWhileTheFirstIsOpen() {
        List<Task> tasks = routed(request("d-1", "a", "b"));
        DeliveryRequest again = request("d-1", "a", "b");
        again.setIdempotencyKey("other");
        router.request(again);
        assertThat(router.tasks()).isEmpty();
        tasks.forEach(this::deliver);
        assertThat(router.results()).hasSize(1);
    }
}
