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
import dev.waybill.avro.Destination;
import dev.waybill.avro.RouteFate;
import dev.waybill.schemas.Headers;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.model.TrailEntry;
import dev.waybill.topology.policy.Reasons;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway") // an unexpected null fails the test
class ReturnedTaskTest {

    private final TestRouter router = new TestRouter();
    private final Destination hook = destination(ACME, "hook");
    private final Destination second = destination(ACME, "second");

    @BeforeEach
    void configure() {
        router.put(hook);
        router.put(second);
        router.put(rule("r", 1, List.of(id(ACME + "hook")), id(ACME + "second")));
    }

    @AfterEach
    void close() {
        router.close();
    }

    /// A request that has been routed, with what was written for it out of the way.
    private Task routed(String... destinations) {
        router.request(request("d-1", destinations));
        router.events();
        return router.onlyTask();
    }

    private Task failedOnce(Task task, Duration dueIn) {
        Instant due = router.clock.instant().plus(dueIn);
        return task.with(task.route().ranked().retry(due, Fates.failure()));
    }

    private Task failedOver(Task task) {
        return task.with(task.route().ranked().failOver(Reasons.PERMANENT, Fates.failure(), router.clock.instant()));
    }

    @Test
    void aTaskThatIsNotDueTakesTheLongestTurnThatFits() {
        Task task = failedOnce(routed("hook"), Duration.ofSeconds(95));
        router.comeBack(task);
        var record = TestRouter.only(router.read(router.topics.retries(delay("30s"))));
        assertThat(Headers.text(record.headers(), Headers.DUE))
                .isEqualTo(Long.toString(router.clock.millis() + 95_000));
        assertThat(record.timestamp()).isEqualTo(router.clock.millis());
        assertThat(new String(record.key(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo(ACME + "/" + id(ACME + "hook"));
        assertThat(router.records.task(Bytes.of(record.value())).route()).isEqualTo(task.route());
        assertThat(router.events()).isEmpty();
        assertThat(router.tasks()).isEmpty();
    }

    @Test
    void whatIsLeftBelowTheShortestTurnIsWaitedOutInTheLane() {
        Task task = failedOnce(routed("hook"), Duration.ofMillis(999));
        router.comeBack(task);
        Task again = router.onlyTask();
        assertThat(again.route().dueAt()).isEqualTo(task.route().dueAt());
        assertThat(again.route().attempt()).isEqualTo(2);
        assertThat(router.events()).isEmpty();
    }

    @Test
    void correctedSettingsHoldForTheNextAttempt() {
        Task task = failedOnce(routed("hook"), Duration.ZERO);
        hook.setSettings(Map.of("url", "https://corrected.example/"));
        hook.setVersion(2);
        router.put(hook);
        router.comeBack(task);
        assertThat(router.onlyTask().destination().settings()).containsEntry("url", "https://corrected.example/");
        assertThat(router.events()).isEmpty();
    }

    @Test
    void aFailedOverTaskIsQueuedAtItsNextCandidate() {
        Task task = routed();
        router.comeBack(failedOver(task));
        Task next = router.onlyTask();
        assertThat(next.destination().name()).isEqualTo("second");
        assertThat(next.route().attempt()).isEqualTo(1);
        assertThat(next.route().attempts()).isEqualTo(1);
        DeliveryAttempt queued = TestRouter.only(router.events());
        assertThat(queued.getEvent()).isEqualTo("queued");
        assertThat(queued.getDestinationName()).isEqualTo("second");
        assertThat(queued.getRank()).isGreaterThan(task.route().rank() + 1);
    }

    @Test
    void aDestinationDisabledMeanwhileIsPassedOverUncharged() {
        Task task = failedOnce(routed(), Duration.ZERO);
        hook.setEnabled(false);
        router.put(hook);
        router.comeBack(task);
        Task next = router.onlyTask();
        assertThat(next.destination().name()).isEqualTo("second");
        assertThat(next.route().attempts()).isEqualTo(1);
        assertThat(next.route().trail()).extracting(TrailEntry::reason).containsExactly(Reasons.DISABLED_DESTINATION);
        assertThat(next.route().trail().getFirst().attempts()).isEqualTo(1);
        assertThat(router.events()).extracting(DeliveryAttempt::getEvent).containsExactly("skipped", "queued");
    }

    @Test
    void aDestinationDeletedMeanwhileEndsTheRouteWhenThereIsNoOther() {
        Task task = failedOnce(routed("hook"), Duration.ZERO);
        router.delete(hook);
        router.comeBack(task);
        DeliveryResult result = router.onlyResult();
        assertThat(result.getStatus()).isEqualTo("FAILED");
        assertThat(result.getReason()).isEqualTo(Reasons.UNKNOWN_DESTINATION);
        RouteFate fate = TestRouter.only(result.getRoutes());
        assertThat(fate.getAttempts()).isEqualTo(1);
        assertThat(fate.getErrorCode()).isEqualTo("http_503");
        assertThat(fate.getDestinationId()).isEqualTo(hook.getDestinationId());
        assertThat(router.events()).extracting(DeliveryAttempt::getStatus).containsExactly("failed", null);
        var dead = TestRouter.only(router.deadLetters());
        assertThat(Headers.text(dead.headers(), Headers.KIND)).isEqualTo(Headers.KIND_TASK);
        assertThat(Headers.text(dead.headers(), Headers.ERROR_TOPIC)).isEqualTo(router.topics.returns());
        assertThat(router.records.task(Bytes.of(dead.value())).route().attempts())
                .isEqualTo(1);
    }

    @Test
    void aRouteThatNeverCameToAnAttemptIsRejectedAndNoDeadLetter() {
        Task task = routed("hook");
        hook.setEnabled(false);
        router.put(hook);
        router.comeBack(task.with(task.route().postpone(router.clock.instant())));
        assertThat(router.onlyResult().getReason()).isEqualTo(Reasons.DISABLED_DESTINATION);
        assertThat(router.deadLetters()).isEmpty();
        assertThat(router.metrics.counted).contains("rejected " + Reasons.DISABLED_DESTINATION);
    }

    @Test
    void aTaskThatComesBackAfterTheEndExpires() {
        Task task = failedOnce(routed("hook"), Duration.ZERO);
        router.clock.move(Duration.ofDays(4).minusNanos(1_000));
        router.comeBack(task);
        assertThat(router.tasks()).hasSize(1);
        router.clock.move(Duration.ofNanos(1_000));
        router.comeBack(task);
        assertThat(router.onlyResult().getStatus()).isEqualTo("EXPIRED");
        assertThat(router.events()).extracting(DeliveryAttempt::getStatus).containsExactly("expired", null);
        assertThat(router.deadLetters()).isEmpty();
    }

    @Test
    void aForeignFallbackIsNeverUsed() {
        Destination theirs = destination(GLOBEX, "theirs");
        router.put(theirs);
        router.put(rule("r", 1, List.of(id(ACME + "hook")), id(GLOBEX + "theirs")));
        router.comeBack(failedOver(routed()));
        assertThat(router.tasks()).isEmpty();
        DeliveryResult result = router.onlyResult();
        assertThat(result.getStatus()).isEqualTo("FAILED");
        assertThat(result.getReason()).isEqualTo(Reasons.FOREIGN_DESTINATION);
        assertThat(router.events())
                .extracting(DeliveryAttempt::getDestinationId)
                .containsOnlyNulls();
    }

    @Test
    void headersArePassedOnButNotThoseOfOneHop() {
        Task task = failedOver(routed());
        var value = router.records.encodeReturn(router.records.encode(task, router.topics.retries(delay("1s"))));
        var record = new org.apache.kafka.streams.test.TestRecord<byte[], byte[]>(TestRouter.utf8(ACME), value.array());
        record.headers().add(Headers.TRACEPARENT, Headers.bytes("00-trace"));
        record.headers().add(Headers.DUE, Headers.bytes("1"));
        router.pipe(router.topics.returns(), record);
        var sent = TestRouter.only(router.read(router.topics.tasks(dev.waybill.schemas.Kind.WEBHOOK)));
        assertThat(Headers.text(sent.headers(), Headers.TRACEPARENT)).isEqualTo("00-trace");
        assertThat(sent.headers().lastHeader(Headers.DUE)).isNull();
        var event = TestRouter.only(router.read(router.topics.attempts()));
        assertThat(Headers.text(event.headers(), Headers.TRACEPARENT)).isEqualTo("00-trace");
    }

    private static dev.waybill.schemas.RetryDelay delay(String label) {
        return dev.waybill.schemas.RetryDelay.parse(label);
    }
}
