package dev.waybill.worker.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;

/// Payloads by reference.
///
/// @param fileRoots    folders that a `payload.uri` of scheme file may point into
/// @param httpHosts    hosts that a `payload.uri` of scheme http or https may name
/// @param maxBytes     length of the longest one
/// @param spoolDir     folder where they are kept while they are delivered
/// @param spoolMax     bytes that may be there at a time
/// @param fetchTimeout how long the source may take for one
public record PayloadSettings(
        List<Path> fileRoots,
        List<String> httpHosts,
        long maxBytes,
        Path spoolDir,
        long spoolMax,
        Duration fetchTimeout) {

    public static final String FILE_ROOTS = "payload.file.roots";
    public static final String HTTP_HOSTS = "payload.http.hosts";
    public static final String MAX_BYTES = "payload.reference.max.bytes";
    public static final String SPOOL_DIR = "payload.spool.dir";
    public static final String SPOOL_MAX = "payload.spool.max.bytes";
    public static final String FETCH_TIMEOUT = "payload.fetch.timeout.ms";

    private static final long GIB = 1L << 30;

    public PayloadSettings {
        fileRoots = List.copyOf(fileRoots);
        httpHosts = List.copyOf(httpHosts);
    }

    static void define(ConfigDef def) {
        new Section(def, "Payloads by reference")
                .setting(
                        FILE_ROOTS,
                        ConfigDef.Type.LIST,
                        "",
                        Importance.MEDIUM,
                        "Folders that a request's `payload.uri` may point into (file:). None: no file is opened. Routers"
                                + " and sinks must have the same.")
                .setting(
                        HTTP_HOSTS,
                        ConfigDef.Type.LIST,
                        "",
                        Importance.MEDIUM,
                        "Hosts that a request's `payload.uri` may name (http:, https:): host, host:port or *.domain. None:"
                                + " nothing is fetched. One that is not public must be in `egress.allow` too. Routers and"
                                + " sinks must have the same.")
                .setting(
                        MAX_BYTES,
                        ConfigDef.Type.LONG,
                        2 * GIB,
                        ConfigDef.Range.atLeast(1),
                        Importance.LOW,
                        "Length of the longest payload by reference; a longer one is not delivered.")
                .setting(
                        SPOOL_DIR,
                        ConfigDef.Type.STRING,
                        "spool",
                        Importance.MEDIUM,
                        "Folder where a payload by reference is kept while it is delivered, so that what was hashed and"
                                + " signed is what is sent. Each worker uses a folder of its own in it, named by"
                                + " `worker.id`, and empties that at its start.")
                .setting(
                        SPOOL_MAX,
                        ConfigDef.Type.LONG,
                        10 * GIB,
                        ConfigDef.Range.atLeast(1),
                        Importance.LOW,
                        "Bytes that may be in that folder at a time. What finds no room is tried again, uncharged.")
                .setting(
                        FETCH_TIMEOUT,
                        ConfigDef.Type.LONG,
                        Duration.ofMinutes(5).toMillis(),
                        ConfigDef.Range.atLeast(1),
                        Importance.LOW,
                        "How long the source may take for one payload.");
    }

    static PayloadSettings from(Values values) {
        return new PayloadSettings(
                SafetySettings.paths(values.list(FILE_ROOTS)),
                values.list(HTTP_HOSTS),
                values.number(MAX_BYTES),
                values.path(SPOOL_DIR),
                values.number(SPOOL_MAX),
                values.millis(FETCH_TIMEOUT));
    }
}
