package dev.waybill.worker.sink.webhook;

import dev.waybill.topology.model.AttemptReport;
import dev.waybill.worker.sink.http.HttpHeaders;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The beginning of an answer as text that a log and a row can hold.
final class Excerpt {

    private static final String CHARSET = "charset=";

    private Excerpt() {}

    /// How much of an answer to read: with secrets to blot out, enough that none is cut in two at the end.
    static int bytesToRead(List<String> secrets) {
        return AttemptReport.EXCERPT_MAX + (secrets.isEmpty() ? 0 : HttpHeaders.VALUE_MAX);
    }

    /// Decodes the bytes as their type says, UTF-8 by default. Secrets that the receiver echoes are blotted
    /// out, and so are control characters, which rows refuse.
    static @Nullable String of(byte[] body, @Nullable String contentType, List<String> secrets) {
        if (body.length == 0) {
            return null;
        }
        String text = new String(body, charset(contentType));
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

    private static Charset charset(@Nullable String contentType) {
        if (contentType == null) {
            return StandardCharsets.UTF_8;
        }
        int at = contentType.toLowerCase(Locale.ROOT).indexOf(CHARSET);
        if (at < 0) {
            return StandardCharsets.UTF_8;
        }
        String rest = contentType.substring(at + CHARSET.length());
        int end = rest.indexOf(';');
        String name = (end < 0 ? rest : rest.substring(0, end)).strip().replace("\"", "");
        try {
            return Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            return StandardCharsets.UTF_8;
        }
    }
}
