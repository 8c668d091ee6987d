package dev.waybill.worker.sink.s3;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The rules of keys. A value never adds a level to a key, and no key has a level that clients take for something else:
/// `.`, `..` or nothing.
final class ObjectKey {

    /// Of S3, in UTF-8.
    static final int BYTES_MAX = 1024;

    private ObjectKey() {}

    /// A value as part of a key: separators and what cannot stand in XML become underscores, and so do values that
    /// would be no name.
    static String clean(String value) {
        StringBuilder clean = new StringBuilder(value.length());
        value.codePoints()
                .map(c -> c == '/' || c == '\\' || Character.isISOControl(c) || isNoCharacter(c) ? '_' : c)
                .forEach(clean::appendCodePoint);
        String text = clean.toString();
        return text.isBlank() || text.equals(".") || text.equals("..") ? "_" : text;
    }

    /// Lone surrogates and the two code points that XML forbids.
    private static boolean isNoCharacter(int c) {
        return (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) || c == 0xfffe || c == 0xffff;
    }

    /// Checks a whole key.
    ///
    /// @throws IllegalArgumentException if S3 or its clients could not use it
    static String check(String key) {
        if (key.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX) {
            throw new IllegalArgumentException("makes a key of more than " + BYTES_MAX + " bytes");
        }
        // A negative limit keeps empty levels at the end.
        if (Arrays.stream(key.split("/", -1))
                .anyMatch(level -> level.isEmpty() || level.equals(".") || level.equals(".."))) {
            throw new IllegalArgumentException("makes a key with an empty level, . or ..");
        }
        return key;
    }
}
