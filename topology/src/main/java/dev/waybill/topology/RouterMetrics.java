package dev.waybill.topology;

import dev.waybill.schemas.Kind;

/// What the router counts. Called on the router's threads, several at a time; must not block or throw.
public interface RouterMetrics {

    /// A request was accepted for routing.
    void accepted();

    /// A request was rejected.
    ///
    /// @param reason one of few: a constant of [dev.waybill.topology.policy.Reasons]
    void rejected(String reason);

    /// A request repeats another delivery.
    void duplicate();

    /// A request was read again, with the same delivery id.
    void repeated();

    /// A request was on the wrong partition and was published again.
    void rekeyed();

    /// A record could not be read and went to the dead letters.
    void poison(String topic);

    /// A configuration record was refused; the last good version stays.
    void badConfiguration(String topic);

    /// A route was given to a sink.
    void queued(Kind kind);

    /// Something came back for a route that has ended already, or a command that has nothing to act on.
    void stale();

    /// Counts nothing.
    RouterMetrics NONE = new RouterMetrics() {
        @Override
        public void accepted() {}

        @Override
        public void rejected(String reason) {}

        @Override
        public void duplicate() {}

        @Override
        public void repeated() {}

        @Override
        public void rekeyed() {}

        @Override
        public void poison(String topic) {}

        @Override
        public void badConfiguration(String topic) {}

        @Override
        public void queued(Kind kind) {}

        @Override
        public void stale() {}
    };
}
