package dev.waybill.worker.ops;

import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One log line for each change that somebody asked for.
final class Audit {

    /// There is no access control yet: the caller says who it is.
    private static final String WHO = "Waybill-User";

    private static final int WHO_MAX = 255;
    private static final Logger LOG = LoggerFactory.getLogger("waybill.audit");

    static @Nullable String who(Context context) {
        String who = context.header(WHO);
        if (who == null || who.isBlank()) {
            return null;
        }
        String printable = who.replaceAll("[^\\x20-\\x7e]", "?");
        return printable.length() > WHO_MAX ? printable.substring(0, WHO_MAX) : printable;
    }

    void changed(Context context, String what, String organization, String id, long version) {
        LOG.atInfo()
                .addKeyValue("change", what)
                .addKeyValue("organization", organization)
                .addKeyValue("id", id)
                .addKeyValue("version", version)
                .addKeyValue("by", who(context))
                .addKeyValue("from", context.req().getRemoteAddr())
                .log("change");
    }
}
