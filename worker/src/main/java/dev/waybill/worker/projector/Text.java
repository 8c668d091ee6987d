package dev.waybill.worker.projector;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes text fit for Postgres, whose columns count characters and whose texts know no NUL.
final class Text {

    /// Of `VARCHAR(255)`: identifiers and what comes from requests.
    static final int ID = 255;

    /// Of `VARCHAR(100)`: types and codes.
    static final int CODE = 100;

    /// Of `VARCHAR(50)`: kinds and providers.
    static final int WORD = 50;

    /// Of `VARCHAR(20)`: words of a fixed vocabulary.
    static final int TERM = 20;

    /// Error texts and reasons are kept to what a person reads.
    static final int MESSAGE = 4_096;

    /// The response text is cut by the sink at 1 KiB; this holds if one does not.
    static final int EXCERPT = 1_024;

    private Text() {}

    static String fit(String text, int max) {
        String clean = text.indexOf('\0') < 0 ? text : text.replace("\0", "");
        // Most texts are shorter in chars already; a character beyond the basic plane takes two of them.
        if (clean.length() <= max || clean.codePointCount(0, clean.length()) <= max) {
            return clean;
        }
        return clean.substring(0, clean.offsetByCodePoints(0, max));
    }

    static @Nullable String fitOrNull(@Nullable String text, int max) {
        return text == null ? null : fit(text, max);
    }

    static Map<String, String> clean(Map<String, String> map) {
        if (map.isEmpty()) {
            return Map.of();
        }
        var clean = new TreeMap<String, String>();
        map.forEach((key, value) -> clean.put(fit(key, MESSAGE), fit(value, MESSAGE)));
        return clean;
    }

    static List<String> clean(List<String> texts) {
        return texts.stream().map(text -> fit(text, MESSAGE)).toList();
    }
}
