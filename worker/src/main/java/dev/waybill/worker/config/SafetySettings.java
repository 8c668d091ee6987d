package dev.waybill.worker.config;

import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;

/// What destinations may reach.
///
/// @param egressAllow addresses and names that the egress guard lets through although they are not public
/// @param fileRoots   folders that the `file` provider may write under
public record SafetySettings(List<String> egressAllow, List<Path> fileRoots) {

    public static final String EGRESS_ALLOW = "egress.allow";
    public static final String FILE_ROOTS = "file.roots";

    public SafetySettings {
        egressAllow = List.copyOf(egressAllow);
        fileRoots = List.copyOf(fileRoots);
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
                                + " everything.");
    }

    static SafetySettings from(Values values) {
        return new SafetySettings(values.list(EGRESS_ALLOW), paths(values.list(FILE_ROOTS)));
    }

    static List<Path> paths(List<String> texts) {
        return texts.stream()
                .map(text -> Path.of(text).toAbsolutePath().normalize())
                .toList();
    }
}
