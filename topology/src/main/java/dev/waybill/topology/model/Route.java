package dev.waybill.topology.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One obligation of a delivery and how far it has come: an ordered list of candidates of which one must receive
/// the payload.
///
/// ```
///   candidates:  A ──failed──► B ──failed──► C
///   attempt:     1 2 3          1 2           1      numbered from 1 on each candidate
///   rank:        grows with every event that is written about the route
/// ```
///
/// @param number     from 0 within the delivery; [#UNRESOLVED] while the whole request waits to be resolved
/// @param routes     how many routes the delivery has; 1 means that whoever ends this one writes the result
/// @param rule       the rule that made the route; null where the request named the destination
/// @param candidates destination ids in order; a name that is not resolved yet stands as it was written
/// @param candidate  index of the current candidate
/// @param attempt    number of the attempt to make next on the current candidate, from 1
/// @param attempts   attempts made so far on all candidates
/// @param rank       rank of the last event written about this route
/// @param dueAt      no attempt before this time; null means at once
/// @param turns      turns spent waiting for an unknown destination to become known
/// @param last       what the last failed attempt observed
/// @param trail      the last [#TRAIL_MAX] candidates left behind
public record Route(
        int number,
        int routes,
        @Nullable RuleRef rule,
        List<String> candidates,
        int candidate,
        int attempt,
        int attempts,
        long rank,
        @Nullable Instant dueAt,
        int turns,
        @Nullable LastFailure last,
        List<TrailEntry> trail) {

    public static final int UNRESOLVED = -1;

    /// Keeps a task's size bounded however many candidates a rule lists.
    public static final int TRAIL_MAX = 20;

    public Route {
        candidates = List.copyOf(candidates);
        trail = List.copyOf(trail);
    }

    /// A route on which nothing has happened yet.
    public static Route start(int number, int routes, @Nullable RuleRef rule, List<String> candidates) {
        return new Route(number, routes, rule, candidates, 0, 1, 0, 0, null, 0, null, List.of());
    }

    /// A request as a whole that waits until its organization's configuration is known.
    public static Route unresolved() {
        return start(UNRESOLVED, 0, null, List.of());
    }

    public boolean isOnlyRoute() {
        return routes == 1;
    }

    /// Why the current candidate is one; null where the request named it.
    public @Nullable RuleChoice choice() {
        return rule == null ? null : rule.choice(candidate);
    }

    public String current() {
        return candidates.get(candidate);
    }

    public boolean hasNext() {
        return candidate + 1 < candidates.size();
    }

    /// About how many attempts were made that did not count, because the fault was ours: what was written of the
    /// route beside those that did, and its arrival at each candidate.
    public long uncharged() {
        return Math.max(0, rank - attempts - candidate - 1);
    }

    /// The same route after an event was written about it.
    public Route ranked() {
        return withRank(rank + 1);
    }

    private Route withRank(long newRank) {
        return new Route(
                number, routes, rule, candidates, candidate, attempt, attempts, newRank, dueAt, turns, last, trail);
    }

    /// The same route with the current candidate written as its id.
    public Route resolved(String destinationId) {
        List<String> ids = new ArrayList<>(candidates);
        ids.set(candidate, destinationId);
        return new Route(number, routes, rule, ids, candidate, attempt, attempts, rank, dueAt, turns, last, trail);
    }

    /// Waits one more turn for its destination to become known.
    public Route waitTurn(Instant due) {
        return new Route(
                number, routes, rule, candidates, candidate, attempt, attempts, rank, due, turns + 1, last, trail);
    }

    /// Tries the current candidate again at `due`, after an attempt that counted.
    public Route retry(Instant due, LastFailure failure) {
        return new Route(
                number,
                routes,
                rule,
                candidates,
                candidate,
                attempt + 1,
                attempts + 1,
                rank,
                due,
                turns,
                failure,
                trail);
    }

    /// Makes the same attempt at `due`, because the last one was not the destination's fault or did not begin.
    public Route postpone(Instant due) {
        return new Route(number, routes, rule, candidates, candidate, attempt, attempts, rank, due, turns, last, trail);
    }

    /// Goes on with the next candidate, after an attempt that counted.
    ///
    /// @throws IndexOutOfBoundsException when read, if there is no next candidate; ask [#hasNext] first
    public Route failOver(String reason, LastFailure failure, Instant now) {
        return moveOn(reason, attempt, attempts + 1, failure, now);
    }

    /// Goes on with the next candidate without having tried the current one.
    public Route passOver(String reason, Instant now) {
        return moveOn(reason, attempt - 1, attempts, last, now);
    }

    private Route moveOn(String reason, int made, int newAttempts, @Nullable LastFailure failure, Instant now) {
        TrailEntry entry = new TrailEntry(current(), reason, made, failure == null ? null : failure.code(), now);
        return new Route(
                number,
                routes,
                rule,
                candidates,
                candidate + 1,
                1,
                newAttempts,
                rank,
                null,
                turns,
                failure,
                append(entry));
    }

    /// The trail with one more entry, the oldest dropped where it would exceed [#TRAIL_MAX].
    private List<TrailEntry> append(TrailEntry entry) {
        List<TrailEntry> longer = new ArrayList<>(trail);
        longer.add(entry);
        return longer.size() <= TRAIL_MAX ? longer : longer.subList(longer.size() - TRAIL_MAX, longer.size());
    }
}
