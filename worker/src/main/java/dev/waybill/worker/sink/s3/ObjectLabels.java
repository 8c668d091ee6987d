package dev.waybill.worker.sink.s3;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// Values as metadata and tags can have them.
final class ObjectLabels {

    /// Of S3: all metadata of an object together have 2 KiB at most, so one value must leave room.
    private static final int METADATA_MAX = 512;

    /// Of S3, in characters.
    private static final int TAG_MAX = 256;

    private ObjectLabels() {}

    /// One line of visible ASCII; everything else is percent-encoded.
    static String metadata(String value) {
        StringBuilder text = new StringBuilder();
        value.codePoints().forEach(c -> {
            if (c >= ' ' && c <= '~' && c != '%') {
                text.append((char) c);
            } else {
                text.append(URLEncoder.encode(Character.toString(c), StandardCharsets.UTF_8));
            }
        });
        String ascii = text.toString().strip();
        return ascii.length() <= METADATA_MAX ? ascii : ascii.substring(0, METADATA_MAX);
    }

    /// Letters, digits, blanks and `+ - = . _ : / @`; everything else becomes an underscore.
    static String tag(String value) {
        StringBuilder text = new StringBuilder();
        value.codePoints()
                .limit(TAG_MAX)
                .map(c -> Character.isLetterOrDigit(c) || " +-=._:/@".indexOf(c) >= 0 ? c : '_')
                .forEach(text::appendCodePoint);
        return text.toString();
    }
}
