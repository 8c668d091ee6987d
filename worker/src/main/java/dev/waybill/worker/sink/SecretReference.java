package dev.waybill.worker.sink;

/// A `${provider:path:key}` reference, or `${provider:key}` where a provider has no paths.
///
/// @param path empty where there is none
public record SecretReference(String provider, String path, String key) {

    private static final String START = "${";
    private static final String END = "}";

    /// Whether the text is one reference and nothing else.
    public static boolean isReference(String text) {
        int colon = text.indexOf(':');
        return text.startsWith(START)
                && text.endsWith(END)
                && text.indexOf('}') == text.length() - 1
                && text.lastIndexOf(START) == 0
                && colon > START.length()
                && text.lastIndexOf(':') < text.length() - 2;
    }

    /// Whether the text holds something that looks like a reference.
    public static boolean mentionsReference(String text) {
        int start = text.indexOf(START);
        return start >= 0 && text.indexOf(END, start) > start;
    }

    /// Reads a reference.
    ///
    /// @throws SecretNotAllowedException if the text is none; it is not quoted, because it may be the secret
    ///     itself
    public static SecretReference parse(String text) {
        if (!isReference(text)) {
            throw new SecretNotAllowedException("a secret is given as a reference, ${provider:path:key}");
        }
        int first = text.indexOf(':');
        int last = text.lastIndexOf(':');
        return new SecretReference(
                text.substring(START.length(), first),
                first == last ? "" : text.substring(first + 1, last),
                text.substring(last + 1, text.length() - 1));
    }

    /// The same place with another key.
    public SecretReference withKey(String other) {
        return new SecretReference(provider, path, other);
    }

    @Override
    public String toString() {
        return START + provider + ":" + (path.isEmpty() ? "" : path + ":") + key + END;
    }
}
