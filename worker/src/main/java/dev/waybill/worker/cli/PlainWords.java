package dev.waybill.worker.cli;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.dataformat.yaml.util.StringQuotingChecker;

/// Quotes everything but plain words, so that whatever YAML reader reads it sees a text in a text: not a number of base
/// 60 in 22:30, nor a truth value in no.
final class PlainWords extends StringQuotingChecker {

    private static final long serialVersionUID = 1;
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_.*/@-]*");
    private static final Set<String> MEANT = Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");

    private static boolean needsQuotes(String text) {
        return !PLAIN.matcher(text).matches() || MEANT.contains(text.toLowerCase(Locale.ROOT));
    }

    @Override
    public boolean needToQuoteName(String name) {
        return needsQuotes(name);
    }

    @Override
    public boolean needToQuoteValue(String value) {
        return needsQuotes(value);
    }
}
