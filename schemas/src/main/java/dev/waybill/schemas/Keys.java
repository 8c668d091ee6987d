package dev.waybill.schemas;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/// Record keys and the identifiers they are made of. Keys are UTF-8 strings.
public final class Keys {

    private static final int LENGTH_MAX = 255;

    private Keys() {}

    /// `[A-Za-z0-9][A-Za-z0-9._-]{0,254}`: safe in a topic key and as a file name, because it contains no `/` and never
    /// starts with a dot.
    public static boolean isOrganizationId(String text) {
        return consistsOf(text, "._-") && isLetterOrDigit(text.charAt(0));
    }

    /// Whether the text is a valid delivery id, rule id or template id: `[A-Za-z0-9_-]{1,255}`.
    public static boolean isToken(String text) {
        return consistsOf(text, "_-");
    }

    /// By hand: every record of every hop is looked at.
    private static boolean consistsOf(String text, String others) {
        if (text.isEmpty() || text.length() > LENGTH_MAX) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isLetterOrDigit(c) && others.indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    public static String destination(String organizationId, String destinationId) {
        return organizationId + "/" + destinationId;
    }

    public static String rule(String organizationId, String ruleId) {
        return organizationId + "/" + ruleId;
    }

    /// The organization part of a key made by [#destination] or [#rule]; the whole key where it has no other part.
    public static String organizationOf(String key) {
        int slash = key.indexOf('/');
        return slash < 0 ? key : key.substring(0, slash);
    }

    /// The partition that Java's default partitioner gives a key: murmur2 of its UTF-8 bytes, sign cleared, modulo.
    public static int partition(String key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % partitions;
    }
}
