package dev.waybill.schemas;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.apache.kafka.common.utils.Utils;

/// Record keys and the identifiers they are made of. Keys are UTF-8 strings.
public final class Keys {

    /// Safe in a topic key and as a file name: it contains no `/` and never starts with a dot.
    private static final Pattern ORGANIZATION_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,254}");

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{1,255}");

    private Keys() {}

    public static boolean isOrganizationId(String text) {
        return ORGANIZATION_ID.matcher(text).matches();
    }

    /// Whether the text is a valid delivery id, rule id or template id.
    public static boolean isToken(String text) {
        return TOKEN.matcher(text).matches();
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
