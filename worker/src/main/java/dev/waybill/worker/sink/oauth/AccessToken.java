package dev.waybill.worker.sink.oauth;

import java.time.Instant;

/// A token to show.
///
/// @param value   visible ASCII
/// @param renewAt when to ask for another one, a little before it expires
/// @param isNew   whether it was asked for just now: if it is refused, another one will be, too
public record AccessToken(String value, Instant renewAt, boolean isNew) {

    AccessToken used() {
        return new AccessToken(value, renewAt, false);
    }

    /// Without the value.
    @Override
    public String toString() {
        return "AccessToken[until " + renewAt + "]";
    }
}
