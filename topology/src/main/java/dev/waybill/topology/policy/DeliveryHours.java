package dev.waybill.topology.policy;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Set;

/// When a destination takes deliveries: on the given days from one local time to another, over midnight where that is
/// the earlier one or the same. A time that daylight saving leaves out is taken to be as much later; of one that occurs
/// twice, the first counts.
public record DeliveryHours(Set<DayOfWeek> days, LocalTime from, LocalTime to, ZoneId zone) {

    /// Days to look ahead: a week after the last opening there is another.
    private static final int DAYS_AHEAD = 8;

    public DeliveryHours {
        days = Set.copyOf(days);
        if (days.isEmpty()) {
            throw new IllegalArgumentException("delivery hours need at least one day");
        }
    }

    public boolean isOpen(Instant now) {
        LocalDate today = LocalDate.ofInstant(now, zone);
        return isWithin(today, now) || isWithin(today.minusDays(1), now);
    }

    /// When they begin next; `now` if they have begun.
    public Instant nextOpening(Instant now) {
        if (isOpen(now)) {
            return now;
        }
        LocalDate today = LocalDate.ofInstant(now, zone);
        return today.datesUntil(today.plusDays(DAYS_AHEAD))
                .filter(date -> days.contains(date.getDayOfWeek()))
                .map(this::opening)
                .filter(opening -> opening.isAfter(now))
                .findFirst()
                .orElseThrow();
    }

    private boolean isWithin(LocalDate date, Instant now) {
        return days.contains(date.getDayOfWeek()) && !now.isBefore(opening(date)) && now.isBefore(closing(date));
    }

    private Instant opening(LocalDate date) {
        return date.atTime(from).atZone(zone).toInstant();
    }

    private Instant closing(LocalDate date) {
        LocalDate last = to.isAfter(from) ? date : date.plusDays(1);
        return last.atTime(to).atZone(zone).toInstant();
    }
}
