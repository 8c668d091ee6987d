package dev.waybill.worker.config;

import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.jspecify.annotations.Nullable;

/// Settings of metrics, traces and logs.
///
/// @param otlpEndpoint   where traces and metrics are pushed to; null for nowhere
/// @param sampleRatio    share of the traces that start here and are recorded
/// @param logAllAttempts whether attempts that delivered have a log line too
public record TelemetrySettings(
        @Nullable String otlpEndpoint,
        double sampleRatio,
        boolean prometheus,
        LogFormat logFormat,
        String logLevel,
        boolean logAllAttempts) {

    public static final String OTLP_ENDPOINT = "telemetry.otlp.endpoint";
    public static final String SAMPLE_RATIO = "telemetry.traces.sample.ratio";
    public static final String PROMETHEUS = "telemetry.prometheus.enabled";
    public static final String LOG_FORMAT = "log.format";
    public static final String LOG_LEVEL = "log.level";
    public static final String LOG_ATTEMPTS = "log.attempts";

    /// For what runs without a configuration file.
    public static final TelemetrySettings DEFAULTS =
            new TelemetrySettings(null, 1.0, true, LogFormat.TEXT, "INFO", false);

    /// How log lines are written.
    public enum LogFormat {
        TEXT,
        JSON
    }

    static void define(ConfigDef def) {
        new Section(def, "Telemetry")
                .setting(
                        OTLP_ENDPOINT,
                        ConfigDef.Type.STRING,
                        "",
                        Validators.text(
                                text -> text.isBlank() || text.startsWith("http://") || text.startsWith("https://"),
                                "http://host:port or https://host:port, or nothing"),
                        Importance.MEDIUM,
                        "OpenTelemetry collector that traces and metrics are pushed to by gRPC, for example"
                                + " http://localhost:4317. Empty: nowhere.")
                .setting(
                        SAMPLE_RATIO,
                        ConfigDef.Type.DOUBLE,
                        1.0,
                        Validators.between(0.0, 1.0),
                        Importance.LOW,
                        "Share of the traces that are recorded where the producer's trace context does not decide it.")
                .setting(
                        PROMETHEUS,
                        ConfigDef.Type.BOOLEAN,
                        true,
                        Importance.LOW,
                        "Whether `/metrics` on the REST port answers in Prometheus' format.")
                .setting(
                        LOG_FORMAT,
                        ConfigDef.Type.STRING,
                        "text",
                        Validators.oneOf("text", "json"),
                        Importance.MEDIUM,
                        "Format of the log on standard output.")
                .setting(
                        LOG_LEVEL,
                        ConfigDef.Type.STRING,
                        "info",
                        Validators.oneOf("error", "warn", "info", "debug", "trace"),
                        Importance.LOW,
                        "Least level that is logged.")
                .setting(
                        LOG_ATTEMPTS,
                        ConfigDef.Type.STRING,
                        "all",
                        Validators.oneOf("all", "failed"),
                        Importance.LOW,
                        "Which attempts have a line in the log.");
    }

    static TelemetrySettings from(Values values) {
        return new TelemetrySettings(
                values.optional(OTLP_ENDPOINT).orElse(null),
                values.fraction(SAMPLE_RATIO),
                values.flag(PROMETHEUS),
                values.text(LOG_FORMAT).equals("json") ? LogFormat.JSON : LogFormat.TEXT,
                values.text(LOG_LEVEL),
                values.text(LOG_ATTEMPTS).equals("all"));
    }

    public Optional<String> otlp() {
        return Optional.ofNullable(otlpEndpoint);
    }
}
