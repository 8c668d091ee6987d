package dev.waybill.worker.sink.smtp;

import dev.waybill.topology.model.AttemptReport;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a server answered.
///
/// @param code     three digits, which alone say what it means
/// @param enhanced the code of RFC 3463 such as `5.1.1`; null if there is none
/// @param lines    the text without codes
/// @param complete whether all of it was read: if not, the connection cannot be used any more
record Reply(int code, @Nullable String enhanced, List<String> lines, boolean complete) {

    private static final Pattern ENHANCED = Pattern.compile("^([245]\\.\\d{1,3}\\.\\d{1,3})(?: |$)");

    Reply {
        lines = List.copyOf(lines);
    }

    static Reply of(int code, List<String> lines, boolean complete) {
        String enhanced = null;
        for (String line : lines) {
            Matcher matcher = ENHANCED.matcher(line);
            if (matcher.find()) {
                enhanced = matcher.group(1);
            }
        }
        return new Reply(code, enhanced, lines, complete);
    }

    boolean isPositive() {
        return code >= 200 && code < 300;
    }

    boolean isTransient() {
        return code >= 400 && code < 500;
    }

    /// Neither what was asked for nor a refusal is no answer at all.
    void requireRefusal() throws MalformedReplyException {
        if (code < 400) {
            throw new MalformedReplyException("an answer out of place: " + code);
        }
    }

    /// Whether the enhanced code is about this subject and detail; both may be longer.
    boolean isAbout(String part) {
        return enhanced != null && (enhanced.substring(1) + ".").startsWith("." + part + ".");
    }

    /// The codes, such as `550 5.1.1`.
    String codes() {
        return enhanced == null ? Integer.toString(code) : code + " " + enhanced;
    }

    /// The beginning of the text, as a row can hold it.
    ///
    /// @param secrets that are blotted out, should a server repeat them
    String excerpt(List<String> secrets) {
        String text = code + " " + String.join("\n", lines);
        for (String secret : secrets) {
            text = text.replace(secret, "***");
        }
        int length = Math.min(text.length(), AttemptReport.EXCERPT_MAX);
        StringBuilder clean = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            clean.append(c < ' ' && c != '\n' && c != '\t' ? ' ' : c);
        }
        return clean.toString();
    }
}
