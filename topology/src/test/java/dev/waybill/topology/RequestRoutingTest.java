package dev.waybill.topology;

import static dev.waybill.topology.Samples.ACME;
import static dev.waybill.topology.Samples.GLOBEX;
import static dev.waybill.topology.Samples.destination;
import static dev.waybill.topology.Samples.id;
import static dev.waybill.topology.Samples.request;
import static dev.waybill.topology.Samples.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryAttempt;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.avro.RouteFate;
import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.Reasons;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway") // an unexpected null fails the test
class RequestRoutingTest {

    private final TestRouter router = new TestRouter();

    @BeforeEach
    void configure() {
        router.put(destination(ACME, "hook"));
        router.put(destination(ACME, "second"));
        var off = destination(ACME, "off");
        off.setEnabled(false);
        router.put(off);
        router.put(destination(GLOBEX, "theirs"));
    }

    @AfterEach
    void close() {
        router.close();
    }

    @Test
    void aNamedDestinationGetsOneTaskWithAllThatTheAttemptNeeds() {
        var request = request("d-1", "hook");
        router.request(request);
        Task task = router.onlyTask();
        assertThat(task.delivery().request().payload().body().array()).isEqualTo(Samples.BODY);
        assertThat(task.delivery().encoded().array()).isEqualTo(router.codec.encode(router.topics.requests(), request));
        assertThat(task.delivery().queuedAt()).isEqualTo(HandMovedClock.START);
        assertThat(task.delivery().payloadHash())
                .isEqualTo("015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862");
        assertThat(task.destination().name()).isEqualTo("hook");
        assertThat(task.route().isOnlyRoute()).isTrue();
        assertThat(task.route().attempt()).isEqualTo(1);
        assertThat(router.results()).isEmpty();
        DeliveryAttempt queued = TestRouter.only(router.events());
        assertThat(queued.getEvent()).isEqualTo("queued");
        assertThat(queued.getStatus()).isEqualTo("queued");
        assertThat(queued.getDeliveryStatus()).isEqualTo("queued");
        assertThat(queued.getDestinationId()).isEqualTo(id(ACME + "hook").toString());
        assertThat(queued.getRank()).isEqualTo(task.route().rank()).isEqualTo(1);
        assertThat(router.metrics.counted).containsExactly("accepted", "queued webhook");
    }

    @Test
    void theKindDecidesTheTopic() {
        var archive = destination(ACME, "archive");
        archive.setKind("storage");
        archive.setProvider("file");
        router.put(archive);
        router.request(request("d-1", id(ACME + "archive").toString()));
        assertThat(router.tasks(Kind.STORAGE)).hasSize(1);
        assertThat(router.tasks()).isEmpty();
    }

    @Test
    void aDestinationNamedTwiceIsOneRoute() {
        router.request(request("d-1", "hook", id(ACME + "hook").toString(), "hook"));
        assertThat(router.onlyTask().route().routes()).isEqualTo(1);
    }

    @Test
    void invalidDestinationsAreSettledAtOnceAndTheOthersDelivered() {
        router.request(request("d-1", "hook", "off", id(GLOBEX + "theirs").toString()));
        Task task = router.onlyTask();
        assertThat(task.route().routes()).isEqualTo(3);
        assertThat(router.results()).isEmpty();
        assertThat(router.events()).extracting(DeliveryAttempt::getStatus).containsExactly("queued", "rejected");

        router.settle(task, Fates.delivered(task, router.clock.instant()));
        DeliveryResult result = router.onlyResult();
        assertThat(result.getStatus()).isEqualTo("PARTIAL");
        assertThat(result.getRoutes())
                .extracting(RouteFate::getStatus)
                .containsExactly("delivered", "rejected", "rejected");
        assertThat(result.getRoutes())
                .extracting(RouteFate::getReason)
                .containsExactly(null, Reasons.DISABLED_DESTINATION, Reasons.FOREIGN_DESTINATION);
        DeliveryAttempt end = TestRouter.only(router.events());
        assertThat(end.getRank()).isEqualTo(Long.MAX_VALUE);
        assertThat(end.getDeliveryStatus()).isEqualTo("partial");
        assertThat(end.getRoutes()).isEqualTo(3);
    }

    @Test
    void aDeliveryWhoseRoutesAreAllInvalidIsRejectedAndNotRemembered() {
        router.request(request("d-1", "off"));
        router.request(request("d-2", "off", id(GLOBEX + "theirs").toString()));
        assertThat(router.results()).extracting(DeliveryResult::getStatus).containsExactly("REJECTED", "REJECTED");
        router.request(request("d-1", "hook"));
        router.request(request("d-2", "hook", "second"));
        assertThat(router.tasks()).hasSize(3);
    }

    @Test
    void anUnknownDestinationIsWaitedForUntilItIsKnown() {
        router.request(request("d-1", "late"));
        assertThat(router.tasks()).isEmpty();
        Task waiting = TestRouter.only(router.waiting("1s"));
        assertThat(waiting.destination()).isNull();
        router.put(destination(ACME, "late"));
        router.clock.move(Duration.ofSeconds(1));
        router.comeBack(waiting);
        Task task = router.onlyTask();
        assertThat(task.route().current()).isEqualTo(id(ACME + "late").toString());
        List<DeliveryAttempt> events = router.events();
        assertThat(events).extracting(DeliveryAttempt::getDeliveryStatus).containsExactly("queued", "queued");
        assertThat(events).extracting(DeliveryAttempt::getDestinationName).containsExactly(null, "late");
        assertThat(events.get(1).getRank()).isGreaterThan(events.get(0).getRank());
    }

    @Test
    void anUnknownDestinationIsRejectedWhenTheGraceIsUsedUp() {
        router.request(request("d-1", "never"));
        int turns = 0;
        for (List<Task> waiting = router.waiting("1s"); !waiting.isEmpty(); waiting = router.waiting("1s")) {
            turns++;
            router.clock.move(Duration.ofSeconds(1));
            router.comeBack(TestRouter.only(waiting));
        }
        assertThat(turns).isEqualTo(10);
        DeliveryResult result = router.onlyResult();
        assertThat(result.getStatus()).isEqualTo("REJECTED");
        assertThat(result.getReason()).isEqualTo(Reasons.UNKNOWN_DESTINATION);
        assertThat(router.metrics.counted).containsExactly("accepted", "rejected " + Reasons.UNKNOWN_DESTINATION);
        router.request(request("d-1", "hook"));
        assertThat(router.tasks()).hasSize(1);
    }

    @Test
    void withoutDestinationsTheFirstMatchingRuleDecides() {
        UUID hook = id(ACME + "hook");
        UUID second = id(ACME + "second");
        var other = rule("other", 20, List.of(second));
        other.setActive(false);
        router.put(other);
        router.put(rule("low", 1, List.of(second)));
        router.put(rule("high", 10, List.of(hook), second));
        router.request(request("d-1"));
        Task task = router.onlyTask();
        assertThat(task.route().rule().ruleId()).isEqualTo("high");
        assertThat(task.route().candidates()).containsExactly(hook.toString(), second.toString());
        assertThat(TestRouter.only(router.events()))
                .returns("high", DeliveryAttempt::getRuleId)
                .returns(1L, DeliveryAttempt::getRuleVersion)
                .returns("all", DeliveryAttempt::getRuleSelection)
                .returns("primary", DeliveryAttempt::getRuleTier);
    }

    @Test
    void eachPrimaryIsARouteAndUnusableCandidatesArePassedOver() {
        UUID hook = id(ACME + "hook");
        UUID second = id(ACME + "second");
        router.put(rule("r", 1, List.of(id(ACME + "off"), hook), id("nowhere"), second));
        router.request(request("d-1"));
        List<Task> tasks = router.tasks();
        assertThat(tasks).extracting(task -> task.destination().name()).containsExactly("second", "hook");
        assertThat(tasks.getFirst().route().trail())
                .extracting(entry -> entry.reason())
                .containsExactly(Reasons.DISABLED_DESTINATION, Reasons.UNKNOWN_DESTINATION);
        assertThat(router.events())
                .extracting(DeliveryAttempt::getStatus)
                .containsExactly("skipped", "queued", "queued");
    }

    @Test
    void noRuleIsNoRoute() {
        router.request(request("d-1"));
        DeliveryResult result = router.onlyResult();
        assertThat(result.getStatus()).isEqualTo("REJECTED");
        assertThat(result.getReason()).isEqualTo(Reasons.NO_ROUTE);
        assertThat(TestRouter.only(router.events()).getDeliveryStatus()).isEqualTo("rejected");
    }

    @Test
    void aRequestOfAnUnknownOrganizationWaitsForItsConfiguration() {
        var request = request("d-1");
        request.setOrganizationId("initech");
        router.request(request);
        Task waiting = TestRouter.only(router.waiting("1s"));
        router.clock.move(Duration.ofSeconds(1));
        router.comeBack(waiting);
        waiting = TestRouter.only(router.waiting("1s"));
        assertThat(waiting.route().turns()).isEqualTo(2);

        var destination = destination("initech", "hook");
        router.put(destination);
        var rule = rule("r", 1, List.of(UUID.fromString(destination.getDestinationId())));
        rule.setOrganizationId("initech");
        router.put(rule);
        router.clock.move(Duration.ofSeconds(1));
        router.comeBack(waiting);
        assertThat(router.onlyTask().destination().organizationId()).isEqualTo("initech");
        assertThat(router.results()).isEmpty();
    }

    @Test
    void aRequestOfAnOrganizationThatStaysUnknownIsRejected() {
        var request = request("d-1");
        request.setOrganizationId("initech");
        router.request(request);
        int turns = 0;
        for (List<Task> waiting = router.waiting("1s"); !waiting.isEmpty(); waiting = router.waiting("1s")) {
            turns++;
            router.comeBack(TestRouter.only(waiting));
            router.clock.move(Duration.ofSeconds(1));
            if (turns > 30) {
                break;
            }
        }
        assertThat(turns).isEqualTo(10);
        assertThat(router.onlyResult().getReason()).isEqualTo(Reasons.NO_ROUTE);
    }

    @Test
    void aDeliveryWhoseEndHasPassedExpiresWithoutAnAttempt() {
        var request = request("d-1", "hook");
        request.setNotAfter(HandMovedClock.START);
        router.request(request);
        assertThat(router.tasks()).isEmpty();
        assertThat(router.onlyResult().getStatus()).isEqualTo("EXPIRED");
        assertThat(router.deadLetters()).isEmpty();
    }
}
