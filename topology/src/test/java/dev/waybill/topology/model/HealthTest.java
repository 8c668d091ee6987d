package dev.waybill.topology.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.policy.AutoDisable;
import dev.waybill.topology.policy.BreakerPolicy;
import dev.waybill.topology.policy.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthTest {

    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final Policy POLICY = Policy.defaults(Kind.WEBHOOK);
    private static final LastFailure UNAVAILABLE = new LastFailure("http_503", null, 503);
    private static final LastFailure GONE = new LastFailure("http_410", null, 410);

    private final Health well = new Health(UUID.randomUUID(), "acme", 1, 0, null, 0, 0, null, 0, null, null);

    @ParameterizedTest
    @CsvSource({
        "0, 120, 0", // not failing
        "100, 0, 0", // many failures, at once
        "1, 240, 1", // for long, but hardly tried
        "50, 120, 50",
        "99, 120, 99",
        "100, 119, 99",
        "100, 120, 100",
        "1000, 1000, 100",
    })
    void bothAttemptsAndTimeMustBeUsedUp(int failures, int hours, int progress) {
        assertThat(AutoDisable.DEFAULT.progress(failures, NOW.minus(Duration.ofHours(hours)), NOW))
                .isEqualTo(progress);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "49, 0", "50, 50", "69, 50", "70, 70", "89, 70", "90, 90", "100, 90"})
    void warningsComeAtHalfAndLater(int progress, int warning) {
        assertThat(AutoDisable.warning(progress)).isEqualTo(warning);
    }

    @Test
    void onlyFailuresForLongDisable() {
        Health health = well;
        for (int i = 0; i < 200 && !health.isDisabled(); i++) {
            Instant now = NOW.plus(Duration.ofHours(2L * i));
            health = health.failed(UNAVAILABLE, POLICY, now);
            if (health.failures() == 51) {
                assertThat(health.warning()).isEqualTo(50);
            }
        }
        assertThat(health.disabledReason()).isEqualTo(Health.FAILING);
        assertThat(health.failures()).isEqualTo(100);
        assertThat(health.failingSince()).isEqualTo(NOW);
        assertThat(health.warning()).isEqualTo(90);
    }

    @Test
    void oneSuccessBeginsTheCountAnew() {
        Health failing = well.failed(UNAVAILABLE, POLICY, NOW).failed(UNAVAILABLE, POLICY, NOW);
        assertThat(failing.failures()).isEqualTo(2);
        assertThat(failing.isWell()).isFalse();
        assertThat(failing.succeeded().isWell()).isTrue();
        assertThat(failing.succeeded()
                        .failed(UNAVAILABLE, POLICY, NOW.plusSeconds(9))
                        .failingSince())
                .isEqualTo(NOW.plusSeconds(9));
    }

    @Test
    void whoSaysThatItIsGoneIsDisabledAtOnce() {
        assertThat(well.failed(GONE, POLICY, NOW).disabledReason()).isEqualTo(Health.GONE);
        assertThat(well.failed(UNAVAILABLE, POLICY, NOW).isDisabled()).isFalse();
    }

    /// Whoever has 410 tried again does not take it for the end.
    @Test
    void whoeverRetriesGoneIsNotDisabledByIt() {
        Policy retries = new Policy(
                POLICY.maxAttempts(),
                POLICY.schedule(),
                POLICY.jitter(),
                POLICY.connectTimeout(),
                POLICY.firstByteTimeout(),
                POLICY.totalTimeout(),
                Set.of(410),
                Set.of(),
                POLICY.retryAfterCap(),
                POLICY.concurrency(),
                null,
                null,
                POLICY.breaker(),
                POLICY.autoDisable(),
                POLICY.onAmbiguous(),
                POLICY.maxAge());
        assertThat(well.failed(GONE, retries, NOW).isDisabled()).isFalse();
    }

    @Test
    void theTimeGrowsWithEveryTripInARowUpToItsBound() {
        Health health = well;
        long[] seconds = {30, 60, 120, 240, 480, 600, 600};
        for (long expected : seconds) {
            health = health.opened(BreakerPolicy.DEFAULT.openFor(health.trips() + 1), NOW);
            assertThat(health.openUntil()).isEqualTo(NOW.plusSeconds(expected));
        }
        assertThat(health.isOpen(NOW.plusSeconds(599))).isTrue();
        assertThat(health.isOpen(NOW.plusSeconds(600))).isFalse();
        assertThat(health.closed().isWell()).isTrue();
        assertThat(health.closed().opened(Duration.ofSeconds(30), NOW).openUntil())
                .isEqualTo(NOW.plusSeconds(30));
    }

    @ParameterizedTest
    @CsvSource({"4, 9, false", "9, 9, false", "4, 10, false", "5, 10, true", "10, 10, true", "500, 1001, false"})
    void aWindowTripsFromItsVolumeAndRatioOn(int failed, int attempts, boolean trips) {
        assertThat(BreakerPolicy.DEFAULT.trips(failed, attempts)).isEqualTo(trips);
    }
}
