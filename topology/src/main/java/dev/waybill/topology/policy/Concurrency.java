package dev.waybill.topology.policy;

/// How many attempts on a destination may run at the same time: `cap`, or as many as it takes well, between `floor` and
/// `cap`.
public record Concurrency(int cap, int floor) {

    public Concurrency {
        if (floor < 1 || cap < floor) {
            throw new IllegalArgumentException("concurrency must be at least 1, and minConcurrency no more than it");
        }
    }

    public static Concurrency fixed(int attempts) {
        return new Concurrency(attempts, attempts);
    }

    public boolean isAdaptive() {
        return floor < cap;
    }
}
