package dev.weft.skill.schedule;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;

/**
 * When a job runs. Exactly one of {@code once}, {@code every} and {@code at} is set.
 *
 * @param once a moment
 * @param every an interval, at least 10 s
 * @param at times of day
 * @param days days on which {@code at} counts; every day if left out
 * @param zone where the times of day are told; UTC if left out
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Timing(
        Optional<Instant> once,
        Optional<Duration> every,
        Optional<List<LocalTime>> at,
        Optional<List<DayOfWeek>> days,
        Optional<ZoneId> zone) {
    private static final Duration LEAST = Duration.ofSeconds(10);

    /** Checks that it says one thing.
     * @throws IllegalArgumentException if it does not */
    public Timing {
        once = once == null ? Optional.empty() : once;
        every = every == null ? Optional.empty() : every;
        at =
                at == null
                        ? Optional.empty()
                        : at.map(times -> times.stream().distinct().sorted().toList());
        days = days == null ? Optional.empty() : days;
        zone = zone == null ? Optional.empty() : zone;
        int said =
                (once.isPresent() ? 1 : 0)
                        + (every.isPresent() ? 1 : 0)
                        + (at.filter(times -> !times.isEmpty()).isPresent() ? 1 : 0);
        if (said != 1) {
            throw new IllegalArgumentException(
                    "say exactly one of once (2026-01-31T08:30:00Z), every (PT15M) and at ([\"08:30\"])");
        }
        if (every.isPresent() && every.get().compareTo(LEAST) < 0) {
            throw new IllegalArgumentException("every must be at least PT10S");
        }
        if (at.isPresent() && at.get().size() > 48) {
            throw new IllegalArgumentException("at takes at most 48 times");
        }
    }

    /** The next time after a moment.
     * @param moment after which
     * @return empty if there is none */
    Optional<Instant> after(Instant moment) {
        if (once.isPresent()) {
            return once.filter(time -> time.isAfter(moment));
        }
        if (every.isPresent()) {
            return Optional.of(moment.plus(every.get()));
        }
        ZonedDateTime day = moment.atZone(zone.orElse(ZoneId.of("UTC")));
        for (int i = 0; i <= 8; i++) {
            ZonedDateTime date = day.plusDays(i);
            if (days.isEmpty() || days.get().contains(date.getDayOfWeek())) {
                for (LocalTime time : at.orElseThrow()) {
                    // A time that a change of clocks skips moves on by the gap.
                    Instant next =
                            ZonedDateTime.of(date.toLocalDate(), time, day.getZone()).toInstant();
                    if (next.isAfter(moment)) {
                        return Optional.of(next);
                    }
                }
            }
        }
        return Optional.empty();
    }
}
