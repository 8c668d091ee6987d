package dev.waybill.topology.policy;

import dev.waybill.schemas.Kind;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How a destination wants to be treated. The meaning of each component is documented in `DeliveryPolicy.avsc`.
public record Policy(
        int maxAttempts,
        Schedule schedule,
        double jitter,
        Duration connectTimeout,
        Duration firstByteTimeout,
        Duration totalTimeout,
        Set<Integer> retryableCodes,
        Set<Integer> permanentCodes,
        Duration retryAfterCap,
        Concurrency concurrency,
        @Nullable RateLimit rateLimit,
        @Nullable DeliveryHours hours,
        BreakerPolicy breaker,
        AutoDisable autoDisable,
        OnAmbiguous onAmbiguous,
        Duration maxAge) {

    /// Reaches about 11 hours with the default schedule, between the windows of Outpost (8.5 h) and Svix (27.6 h).
    private static final int MAX_ATTEMPTS = 12;

    private static final Schedule SCHEDULE = new Schedule.Exponential(Duration.ofSeconds(5), 3, Duration.ofHours(2));

    private static final Duration MAX_AGE = Duration.ofDays(4);

    /// No time in a policy is longer: sums of them and the present stay times that clocks and rows can hold.
    static final Duration LONGEST = Duration.ofDays(366);

    public Policy {
        retryableCodes = Set.copyOf(retryableCodes);
        permanentCodes = Set.copyOf(permanentCodes);
        require(maxAttempts >= 1, "maxAttempts must be at least 1");
        require(jitter >= 0 && jitter <= 1, "jitter must be between 0 and 1");
        require(
                Stream.of(connectTimeout, firstByteTimeout, totalTimeout, retryAfterCap, maxAge, schedule.longest())
                        .allMatch(time -> time.compareTo(LONGEST) <= 0),
                "no time may be longer than " + LONGEST.toDays() + " days");
        require(
                connectTimeout.isPositive() && firstByteTimeout.isPositive() && totalTimeout.isPositive(),
                "timeouts must be positive");
        require(!retryAfterCap.isNegative(), "retryAfterCap must not be negative");
        require(maxAge.isPositive(), "maxAge must be positive");
    }

    /// What holds for a destination of the kind that says nothing else.
    public static Policy defaults(Kind kind) {
        return new Policy(
                MAX_ATTEMPTS,
                SCHEDULE,
                0.1,
                Duration.ofSeconds(10),
                Duration.ofSeconds(20),
                kind == Kind.WEBHOOK ? Duration.ofSeconds(30) : Duration.ofMinutes(2),
                Set.of(),
                Set.of(),
                Duration.ofHours(1),
                Concurrency.fixed(16),
                null,
                null,
                BreakerPolicy.DEFAULT,
                AutoDisable.DEFAULT,
                kind == Kind.EMAIL ? OnAmbiguous.STOP : OnAmbiguous.RETRY,
                MAX_AGE);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
