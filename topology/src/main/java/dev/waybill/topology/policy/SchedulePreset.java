package dev.waybill.topology.policy;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Schedules that are known by a name.
public enum SchedulePreset {

    /// The example schedule of the Standard Webhooks specification: about three days.
    STANDARD_WEBHOOKS(
            seconds(5), minutes(5), minutes(30), hours(2), hours(5), hours(10), hours(14), hours(20), hours(24)),

    /// What Svix publishes: 27 hours and a half.
    SVIX(seconds(5), minutes(5), minutes(30), hours(2), hours(5), hours(10), hours(10)),

    /// For receivers that are soon back or not at all, and for senders who want to know within a minute.
    FAST(seconds(1), seconds(2), seconds(5), seconds(10), seconds(30));

    @SuppressWarnings("ImmutableEnumChecker") // a list of its own, which nobody changes
    private final Schedule.Listed schedule;

    SchedulePreset(Duration... delays) {
        this.schedule = new Schedule.Listed(List.of(delays));
    }

    /// The preset of that name, such as `standard-webhooks`.
    public static Optional<SchedulePreset> of(String name) {
        return Arrays.stream(values())
                .filter(preset -> preset.wireName().equals(name))
                .findFirst();
    }

    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public Schedule schedule() {
        return schedule;
    }

    /// One more than there are delays.
    public int attempts() {
        return schedule.delays().size() + 1;
    }

    private static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    private static Duration minutes(long minutes) {
        return Duration.ofMinutes(minutes);
    }

    private static Duration hours(long hours) {
        return Duration.ofHours(hours);
    }
}
