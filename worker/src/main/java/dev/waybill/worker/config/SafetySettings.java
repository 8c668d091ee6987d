package dev.waybill.worker.config;

import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;

/// What destinations may reach.
///
/// @param egressAllow addresses and names that the egress guard lets through although they are not public
/// @param fileRoots   folders that the `file` provider may write under
/// @param awsWorkerIdentity organizations whose destinations may use the worker's own identity at AWS
public record SafetySettings(List<String> egressAllow, List<Path> fileRoots, List<String> awsWorkerIdentity) {

    public static final String EGRESS_ALLOW = "egress.allow";
    public static final String FILE_ROOTS = "file.roots";
    public static final String AWS_WORKER_IDENTITY = "aws.worker.identity";

    public SafetySettings {
        egressAllow = List.copyOf(egressAllow);
        fileRoots = List.copyOf(fileRoots);
        awsWorkerIdentity = List.copyOf(awsWorkerIdentity);
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
                        AWS_WORKER_IDENTITY,
                        ConfigDef.Type.LIST,
                        "",
                        Importance.MEDIUM,
                        "Organizations whose destinations at AWS may use the worker's own identity (profile, container, web"
                                + " identity), directly or to assume roles; * for all. None: destinations bring keys of"
                                + " their own.");
    }

    static SafetySettings from(Values values) {
        return new SafetySettings(
                values.list(EGRESS_ALLOW), paths(values.list(FILE_ROOTS)), values.list(AWS_WORKER_IDENTITY));
    }

    static List<Path> paths(List<String> texts) {
        return texts.stream()
                .map(text -> Path.of(text).toAbsolutePath().normalize())
                .toList();
    }
}
