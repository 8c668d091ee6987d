package dev.waybill.worker.sink.http;

/// Which names and values may stand in a request.
public final class HttpHeaders {

    /// Names beyond this are a mistake.
    private static final int NAME_MAX = 100;

    /// Servers usually refuse header sections of 8 KiB; one value must leave room for the others.
    public static final int VALUE_MAX = 4_096;

    private static final String NAME_MARKS = "!#$%&'*+-.^_`|~";

    private HttpHeaders() {}

    /// Whether the text is a token as RFC 9110 has it.
    public static boolean isValidName(String name) {
        if (name.isEmpty() || name.length() > NAME_MAX) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && NAME_MARKS.indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    /// Whether the text is visible ASCII with blanks inside: in particular it cannot end its line and begin
    /// another header.
    public static boolean isValidValue(String value) {
        if (value.length() > VALUE_MAX) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c > '~') {
                return false;
            }
        }
        return true;
    }
}
