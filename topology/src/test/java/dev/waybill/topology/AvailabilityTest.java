package dev.waybill.topology;

import static dev.waybill.topology.Samples.ACME;
import static dev.waybill.topology.Samples.destination;
import static dev.waybill.topology.Samples.id;
import static dev.waybill.topology.Samples.request;
import static dev.waybill.topology.Samples.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryAttempt;
import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.Destination;
import dev.waybill.avro.DestinationHealth;
import dev.waybill.avro.DestinationTest;
import dev.waybill.schemas.Keys;
import dev.waybill.topology.model.Health;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.model.TrailEntry;
import dev.waybill.topology.policy.Reasons;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Destinations that take nothing just now.
@SuppressWarnings("NullAway") // an unexpected null fails the test
class AvailabilityTest {

    private final TestRouter router = new TestRouter();
    private final Destination first = destination(ACME, "first");
    private final Destination second = destination(ACME, "second");

    @BeforeEach
    void configure() {
        router.put(first);
        router.put(second);
        router.put(rule("r", 1, List.of(id(ACME + "first")), id(ACME + "second")));
    }

    @AfterEach
    void close() {
        router.close();
    }

    private void open(Destination destination, Duration time) {
        put(health(destination).setOpenUntil(router.clock.instant().plus(time)).setTrips(1));
    }

    private static DestinationHealth.Builder health(Destination destination) {
        return DestinationHealth.newBuilder()
                .setDestinationId(destination.getDestinationId())
                .setOrganizationId(ACME)
                .setDestinationVersion(destination.getVersion())
                .setSince(HandMovedClock.START)
                .setFailures(10)
                .setFailingSince(HandMovedClock.START)
                .setLastErrorCode("http_503");
    }

    private void put(DestinationHealth.Builder health) {
        DestinationHealth record = health.build();
        router.pipe(router.topics.destinationHealth(), Keys.destination(ACME, record.getDestinationId()), record);
    }

    private void well(Destination destination) {
        byte[] key = TestRouter.utf8(Keys.destination(ACME, destination.getDestinationId()));
        router.pipe(router.topics.destinationHealth(), new TestRecord<>(key, null));
    }

    @Test
    void anOpenBreakerIsPassedOverBeforeAnythingIsSent() {
        open(first, Duration.ofMinutes(5));
        router.request(request("d-1"));
        Task task = router.onlyTask();
        assertThat(task.destination().name()).isEqualTo("second");
        assertThat(task.health()).isNull();
        assertThat(task.route().attempts()).isZero();
        TrailEntry passed = TestRouter.only(task.route().trail());
        assertThat(passed.reason()).isEqualTo(Reasons.BREAKER_OPEN);
        assertThat(passed.attempts()).isZero();
        assertThat(router.events())
                .extracting(DeliveryAttempt::getEvent, DeliveryAttempt::getDestinationName, DeliveryAttempt::getReason)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("skipped", "first", "breaker_open"),
                        org.assertj.core.groups.Tuple.tuple("queued", "second", null));
    }

    private void tested(Destination destination, boolean success, @Nullable Duration held) {
        String key = Keys.destination(ACME, destination.getDestinationId());
        DestinationTest test = DestinationTest.newBuilder()
                .setDestinationId(destination.getDestinationId())
                .setOrganizationId(ACME)
                .setDestinationVersion(destination.getVersion())
                .setTestedAt(HandMovedClock.START)
                .setScheduled(true)
                .setSuccess(success)
                .setOpenUntil(held == null ? null : HandMovedClock.START.plus(held))
                .setErrorCode(success ? null : "auth_failed")
                .setAnswer("{}")
                .build();
        router.pipe(router.topics.destinationTests(), key, test);
    }

    @Test
    void whoseTestFailsIsPassedOverUntilOneSucceeds() {
        tested(first, false, Duration.ofMinutes(5));
        router.request(request("d-1"));
        Task task = router.onlyTask();
        assertThat(task.destination().name()).isEqualTo("second");
        assertThat(TestRouter.only(task.route().trail()).reason()).isEqualTo(Reasons.BREAKER_OPEN);

        tested(first, true, null);
        router.request(request("d-2"));
        assertThat(router.onlyTask().destination().name()).isEqualTo("first");
    }

    @Test
    void aTestThatSucceedsDoesNotCloseWhatDeliveriesHaveOpened() {
        open(first, Duration.ofMinutes(5));
        tested(first, true, null);
        router.request(request("d-1"));
        assertThat(router.onlyTask().destination().name()).isEqualTo("second");
    }

    @Test
    void aTestThatFailedWithoutAScheduleOrLongAgoKeepsNobodyAway() {
        tested(first, false, null);
        router.request(request("d-1"));
        assertThat(router.onlyTask().destination().name()).isEqualTo("first");
        tested(first, false, Duration.ZERO);
        router.request(request("d-2"));
        assertThat(router.onlyTask().destination().name()).isEqualTo("first");
    }

    @Test
    void theLongerOfTestAndBreakerCounts() {
        open(first, Duration.ofMinutes(1));
        tested(first, false, Duration.ofMinutes(3));
        open(second, Duration.ofMinutes(2));
        router.request(request("d-1"));
        assertThat(TestRouter.only(router.waiting("2m")).route().dueAt())
                .isEqualTo(router.clock.instant().plus(Duration.ofMinutes(2)));
    }

    @Test
    void aTestOfAnotherVersionSaysNothing() {
        tested(Destination.newBuilder(first).setVersion(first.getVersion() + 1).build(), false, Duration.ofMinutes(5));
        router.request(request("d-1"));
        assertThat(router.onlyTask().destination().name()).isEqualTo("first");
    }

    @Test
    void healthOfADestinationThatWasMadeAgainUnderTheSameVersionSaysNothing() {
        put(health(first).setDestinationFingerprint(router.fingerprint(first)).setDisabledReason("gone"));
        router.request(request("d-1"));
        assertThat(router.onlyTask().destination().name()).isEqualTo("second");

        router.put(Destination.newBuilder(first)
                .setSettings(Map.of("url", "https://example.org/elsewhere"))
                .build());
        router.request(request("d-2"));
        assertThat(router.onlyTask().destination().name()).isEqualTo("first");
    }

    @Test
    void whenNoneIsLeftTheTaskWaitsForTheOneThatIsBackFirst() {
        open(first, Duration.ofMinutes(10));
        open(second, Duration.ofMinutes(2));
        router.request(request("d-1"));

        Task waiting = TestRouter.only(router.waiting("2m"));
        assertThat(waiting.route().candidate()).isZero();
        assertThat(waiting.route().trail()).isEmpty();
        assertThat(waiting.route().dueAt()).isEqualTo(router.clock.instant().plus(Duration.ofMinutes(2)));
        DeliveryAttempt queued = TestRouter.only(router.events());
        assertThat(queued.getEvent()).isEqualTo("queued");
        assertThat(queued.getReason()).isEqualTo("breaker_open");
        assertThat(queued.getDueAt()).isEqualTo(waiting.route().dueAt());

        router.clock.move(Duration.ofMinutes(2));
        router.comeBack(waiting);
        assertThat(router.onlyTask().destination().name()).isEqualTo("second");
    }

    @Test
    void theFirstIsTakenAgainIfItIsBackInTime() {
        open(first, Duration.ofMinutes(10));
        open(second, Duration.ofMinutes(10));
        router.request(request("d-1"));
        Task waiting = TestRouter.only(router.waiting("10m"));
        router.events();
        well(first);
        router.clock.move(Duration.ofMinutes(10));
        router.comeBack(waiting);
        Task task = router.onlyTask();
        assertThat(task.destination().name()).isEqualTo("first");
        assertThat(router.events()).as("it was queued there before").isEmpty();
    }

    @Test
    void afterItsTimeTheTaskIsSentWithTheHealthSeen() {
        open(first, Duration.ofMinutes(5));
        router.clock.move(Duration.ofMinutes(5));
        router.request(request("d-1"));
        Task task = router.onlyTask();
        assertThat(task.destination().name()).isEqualTo("first");
        Health health = task.health();
        assertThat(health.trips()).isEqualTo(1);
        assertThat(health.failures()).isEqualTo(10);
        assertThat(health.openUntil()).isEqualTo(router.clock.instant());
    }

    @Test
    void aRetryThatFallsDueIsLookedAtAgain() {
        router.request(request("d-1"));
        Task task = router.onlyTask();
        open(first, Duration.ofMinutes(5));
        router.comeBack(task.with(task.route().ranked().retry(router.clock.instant(), Fates.failure())));
        Task next = router.onlyTask();
        assertThat(next.destination().name()).isEqualTo("second");
        assertThat(TestRouter.only(next.route().trail()).attempts()).isEqualTo(1);
        assertThat(next.route().attempts()).isEqualTo(1);
    }

    @Test
    void whoWasGivenUpIsPassedOverUntilItIsChanged() {
        put(health(first).setDisabledReason(Health.GONE));
        router.request(request("d-1"));
        Task task = router.onlyTask();
        assertThat(task.destination().name()).isEqualTo("second");
        assertThat(TestRouter.only(task.route().trail()).reason()).isEqualTo("disabled_destination: gone");

        first.setVersion(2);
        router.put(first);
        router.request(request("d-2"));
        assertThat(router.onlyTask().destination().name()).isEqualTo("first");
    }

    @Test
    void healthOfAnotherVersionSaysNothing() {
        open(first, Duration.ofMinutes(5));
        first.setVersion(2);
        router.put(first);
        router.request(request("d-1"));
        Task task = router.onlyTask();
        assertThat(task.destination().name()).isEqualTo("first");
        assertThat(task.health()).isNull();
    }

    @Test
    void outsideItsHoursItIsPassedOverOrWaitedFor() {
        // The clock starts within the hours of neither.
        Instant opening = router.clock.instant().plus(Duration.ofHours(3));
        var hours = DeliveryPolicy.newBuilder()
                .setHoursFrom(opening.toString().substring(11, 16))
                .setHoursTo(opening.plus(Duration.ofHours(1)).toString().substring(11, 16))
                .setHoursZone("UTC")
                .build();
        first.setPolicy(hours);
        first.setVersion(2);
        router.put(first);
        router.request(request("d-1"));
        Task task = router.onlyTask();
        assertThat(task.destination().name()).isEqualTo("second");
        assertThat(TestRouter.only(task.route().trail()).reason()).isEqualTo(Reasons.OUTSIDE_HOURS);

        router.request(request("d-2", "first"));
        Task waiting = TestRouter.only(router.waiting("1h"));
        assertThat(Duration.between(router.clock.instant(), waiting.route().dueAt()))
                .isBetween(Duration.ofHours(2), Duration.ofMinutes(190));
        assertThat(router.tasks()).isEmpty();
    }

    @Test
    void whoWaitsComesBackInTurn() {
        open(first, Duration.ofMinutes(10));
        List<Instant> due = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            router.request(request("d-" + i, "first"));
        }
        router.waiting("10m").forEach(task -> due.add(task.route().dueAt()));
        assertThat(due).hasSize(3_000);
        // Sixteen at a time, a tenth of a second each; rounded up so that few turns are needed.
        assertThat(Duration.between(due.getFirst(), due.getLast()))
                .isBetween(Duration.ofSeconds(18), Duration.ofSeconds(60));
        assertThat(due.stream().distinct().count()).isGreaterThan(100);
    }

    @Test
    void aDeliveryWaitsNoLongerThanItLasts() {
        open(first, Duration.ofMinutes(10));
        var ending = request("d-1", "first");
        ending.setNotAfter(router.clock.instant().plus(Duration.ofMinutes(2)));
        router.request(ending);
        Task waiting = TestRouter.only(router.waiting("2m"));
        router.clock.move(Duration.ofMinutes(2));
        router.comeBack(waiting);
        assertThat(router.onlyResult().getStatus()).isEqualTo("EXPIRED");
    }
}
