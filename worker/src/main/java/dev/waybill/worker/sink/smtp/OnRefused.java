package dev.waybill.worker.sink.smtp;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What becomes of a message if the server refuses one of its recipients and takes others.
enum OnRefused {
    /// Nobody gets it.
    FAIL,
    /// The others get it, if the refused ones are refused for good: there is no second attempt for those
    /// who come later.
    SKIP;

    static List<String> names() {
        return Arrays.stream(values())
                .map(value -> value.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    static OnRefused of(String name) {
        return valueOf(name.strip().toUpperCase(Locale.ROOT));
    }
}
