package dev.waybill.worker.config;

import java.time.Duration;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;

/// Settings of the REST interface.
///
/// @param port           0 for any free one
/// @param requestMax     bytes of a request's body
/// @param requestTimeout for a whole request, waiting included
/// @param applyTimeout   how long a change of configuration waits to be read back
public record ApiSettings(String host, int port, int requestMax, Duration requestTimeout, Duration applyTimeout) {

    public static final String HOST = "api.host";
    public static final String PORT = "api.port";
    public static final String REQUEST_MAX = "api.request.max.bytes";
    public static final String REQUEST_TIMEOUT = "api.request.timeout.ms";
    public static final String APPLY_TIMEOUT = "api.apply.timeout.ms";

    static void define(ConfigDef def) {
        new Section(def, "REST")
                .setting(
                        HOST,
                        ConfigDef.Type.STRING,
                        "127.0.0.1",
                        Importance.HIGH,
                        "Address that REST, health and metrics are served on. There is no access control yet: bind it"
                                + " wider only behind something that has.")
                .setting(
                        PORT,
                        ConfigDef.Type.INT,
                        8083,
                        Validators.between(0, 65_535),
                        Importance.HIGH,
                        "Port of REST, health and metrics; 0 takes any free one.")
                .setting(
                        REQUEST_MAX,
                        ConfigDef.Type.INT,
                        2 * 1024 * 1024,
                        Validators.between(1_024, 16 * 1024 * 1024),
                        Importance.LOW,
                        "Largest body of a request; larger ones are answered 413.")
                .setting(
                        REQUEST_TIMEOUT,
                        ConfigDef.Type.LONG,
                        60_000L,
                        Validators.between(1_000L, 600_000L),
                        Importance.LOW,
                        "Longest time a request may take, waiting for a delivery's result included.")
                .setting(
                        APPLY_TIMEOUT,
                        ConfigDef.Type.LONG,
                        10_000L,
                        Validators.between(100L, 60_000L),
                        Importance.LOW,
                        "How long a change of configuration may take to be written and read back before the answer is"
                                + " 503.");
    }

    static ApiSettings from(Values values) {
        return new ApiSettings(
                values.text(HOST),
                values.integer(PORT),
                values.integer(REQUEST_MAX),
                values.millis(REQUEST_TIMEOUT),
                values.millis(APPLY_TIMEOUT));
    }
}
