package dev.waybill.worker.config;

import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;

/// What destinations may reach.
///
/// @param egressAllow      addresses and names that the egress guard lets through although they are not public
/// @param fileRoots        folders that the `file` provider may write under
/// @param payloadFileRoots folders that a `payload.uri` of scheme file may point into
/// @param payloadHttpHosts hosts that a `payload.uri` of scheme http or https may name
public record SafetySettings(
        List<String> egressAllow, List<Path> fileRoots, List<Path> payloadFileRoots, List<String> payloadHttpHosts) {

    public static final String EGRESS_ALLOW = "egress.allow";
    public static final String FILE_ROOTS = "file.roots";
    public static final String PAYLOAD_FILE_ROOTS = "payload.file.roots";
    public static final String PAYLOAD_HTTP_HOSTS = "payload.http.hosts";

    public SafetySettings {
        egressAllow = List.copyOf(egressAllow);
        fileRoots = List.copyOf(fileRoots);
        payloadFileRoots = List.copyOf(payloadFileRoots);
        payloadHttpHosts = List.copyOf(payloadHttpHosts);
    }

    static void define(ConfigDef def) {
        new Section(def, "Safety")
                .setting(
                        EGRESS_ALLOW,
                        ConfigDef.Type.LIST,
                        "",
                        Importance.HIGH,
                        "What destinations may reach although it is not public: CIDR blocks such as 10.1.0.0/16, host,"
                                + " host:port or *.domain. Loopback, private, link-local and metadata addresses are refused"
                                + " otherwise.")
                .setting(
                        FILE_ROOTS,
                        ConfigDef.Type.LIST,
                        "",
                        Importance.MEDIUM,
                        "Folders that destinations of the provider `file` may write under. None: the provider refuses"
                                + " everything.")
                .setting(
                        PAYLOAD_FILE_ROOTS,
                        ConfigDef.Type.LIST,
                        "",
                        Importance.MEDIUM,
                        "Folders that a request's `payload.uri` may point into (file:). None: no file is opened.")
                .setting(
                        PAYLOAD_HTTP_HOSTS,
                        ConfigDef.Type.LIST,
                        "",
                        Importance.MEDIUM,
                        "Hosts that a request's `payload.uri` may name (http:, https:). None: nothing is fetched.");
    }

    static SafetySettings from(Values values) {
        return new SafetySettings(
                values.list(EGRESS_ALLOW),
                paths(values.list(FILE_ROOTS)),
                paths(values.list(PAYLOAD_FILE_ROOTS)),
                values.list(PAYLOAD_HTTP_HOSTS));
    }

    private static List<Path> paths(List<String> texts) {
        return texts.stream()
                .map(text -> Path.of(text).toAbsolutePath().normalize())
                .toList();
    }
}
