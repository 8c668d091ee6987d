package dev.waybill.worker.sink.http.h2;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Judges by its silences whether a peer is still there. Guarded by the connection's lock; times are nanoseconds of its
/// clock.
final class Liveness {

    /// A peer that takes no byte for so long has stopped reading.
    static final Duration WRITE_MAX = Duration.ofSeconds(10);

    /// A peer that has been silent for so long is asked whether it is there.
    static final Duration QUIET = Duration.ofSeconds(5);

    /// The answer to a ping waits for nothing but the way.
    static final Duration PING_MAX = Duration.ofSeconds(5);

    private long heardAt;
    private long askedAt;
    private boolean asked;
    private long writingSince;
    private boolean writing;
    private boolean suspect;

    Liveness(long now) {
        heardAt = now;
    }

    /// A frame came in.
    void heard(long now) {
        heardAt = now;
        suspect = false;
    }

    /// Whether nothing has come in since.
    boolean isSilentSince(long time) {
        return heardAt - time < 0;
    }

    /// Asks, unless an answer is still owed.
    ///
    /// @return whether to send a ping
    boolean ask(long now) {
        if (asked) {
            return false;
        }
        asked = true;
        askedAt = now;
        return true;
    }

    void answered() {
        asked = false;
    }

    /// A request got no answer, and nothing else came either.
    void suspect() {
        suspect = true;
    }

    /// Whether to trust it with nothing until something comes.
    boolean isSuspect() {
        return suspect;
    }

    void beginWriting(long now) {
        writing = true;
        writingSince = now;
    }

    void endWriting() {
        writing = false;
    }

    boolean isQuiet(long now) {
        return now - heardAt > QUIET.toNanos();
    }

    /// Why to give the peer up; null if there is no reason.
    @Nullable
    String giveUp(long now) {
        if (writing && now - writingSince > WRITE_MAX.toNanos()) {
            return "the receiver takes no bytes";
        }
        return asked && now - askedAt > PING_MAX.toNanos() ? "the receiver does not answer a ping" : null;
    }
}
