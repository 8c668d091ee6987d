package dev.waybill.worker.sink.http.h2;

/// Tells a flood from a conversation: frames that bring nothing (pings, settings, resets, credit, empty ones) must be
/// paid for by frames that do.
final class FrameBudget {

    /// Pings and settings of a quiet connection, all its life.
    static final int START = 1_000;

    /// A whole answer may come with several of them.
    private static final int EARNED = 20;

    private static final int MOST = 10_000;

    private int left = START;

    /// Pays for a frame; false if there is nothing left to pay with.
    boolean spend() {
        return --left >= 0;
    }

    /// A frame was worth something.
    void earn() {
        left = Math.min(MOST, left + EARNED);
    }
}
