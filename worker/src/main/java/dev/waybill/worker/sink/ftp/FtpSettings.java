package dev.waybill.worker.sink.ftp;

import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Settings;
import dev.waybill.worker.sink.tls.TlsSettings;
import dev.waybill.worker.sink.tls.TlsTrust;
import dev.waybill.worker.sink.transfer.TransferSettings;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigException;

/// The settings of one version of a destination.
///
/// @param password    reference
/// @param trust       whom to believe who the server is
/// @param connections control connections at a time
record FtpSettings(
        String organizationId,
        String host,
        int port,
        String user,
        String password,
        Security security,
        TlsTrust trust,
        int connections,
        TransferSettings transfer) {

    /// How a connection is secured.
    enum Security {
        /// By AUTH TLS, before the login.
        EXPLICIT("explicit"),
        /// From the first byte on.
        IMPLICIT("implicit"),
        NONE("none");

        private final String wireName;

        Security(String wireName) {
            this.wireName = wireName;
        }

        static Security of(String name) {
            for (Security security : values()) {
                if (security.wireName.equals(name)) {
                    return security;
                }
            }
            throw new IllegalArgumentException("must be explicit, implicit or none");
        }
    }

    static final String HOST = "host";
    private static final String PORT = "port";
    static final String USER = "user";
    static final String PASSWORD = "password";
    static final String TLS = "tls";
    private static final String CONNECTIONS = "connections.max";

    private static final int PORT_MAX = 65_535;
    private static final int PORT_PLAIN = 21;
    private static final int PORT_IMPLICIT = 990;

    /// Servers commonly allow a login a handful.
    private static final int CONNECTIONS_DEFAULT = 4;

    static final int CONNECTIONS_MAX = 32;

    static final ConfigDef DEFINITION = TlsSettings.defineTrust(TransferSettings.define(new ConfigDef()
            .define(HOST, ConfigDef.Type.STRING, Importance.HIGH, "Name or address of the server.")
            .define(
                    PORT,
                    ConfigDef.Type.INT,
                    null,
                    ConfigDef.LambdaValidator.with(
                            (name, value) -> {
                                if (value != null) {
                                    ConfigDef.Range.between(1, PORT_MAX).ensureValid(name, value);
                                }
                            },
                            () -> "[1,...," + PORT_MAX + "]"),
                    Importance.MEDIUM,
                    "Its port. By default 21, and 990 with tls=implicit.")
            .define(USER, ConfigDef.Type.STRING, Importance.HIGH, "Name to log in with.")
            .define(PASSWORD, ConfigDef.Type.PASSWORD, Importance.HIGH, "Reference to the password.")
            .define(
                    TLS,
                    ConfigDef.Type.STRING,
                    "explicit",
                    ValidString.in("explicit", "implicit", "none"),
                    Importance.HIGH,
                    "explicit: TLS by AUTH TLS before the login; implicit: from the first byte on; none: everybody on the way"
                            + " can read password and payloads.")
            .define(
                    CONNECTIONS,
                    ConfigDef.Type.INT,
                    CONNECTIONS_DEFAULT,
                    ConfigDef.Range.between(1, CONNECTIONS_MAX),
                    Importance.LOW,
                    "Connections that are open at a time, at most " + CONNECTIONS_MAX
                            + "; each carries one file at a time.")));

    /// Reads them.
    ///
    /// @throws ConfigException if a setting is missing or cannot work
    static FtpSettings bind(Destination destination, Secrets secrets) {
        Settings settings = Settings.bind(DEFINITION, destination, secrets);
        Security security = Security.of(settings.required(TLS));
        String password = settings.secret(PASSWORD);
        if (password == null) {
            throw new ConfigException("Setting " + PASSWORD + " is missing");
        }
        TlsTrust trust = TlsSettings.trust(settings);
        return new FtpSettings(
                destination.organizationId(),
                line(HOST, settings.required(HOST)).strip(),
                destination.settings().containsKey(PORT)
                        ? settings.integer(PORT)
                        : security == Security.IMPLICIT ? PORT_IMPLICIT : PORT_PLAIN,
                line(USER, settings.required(USER)),
                password,
                security,
                trust == null ? TlsTrust.system() : trust,
                settings.integer(CONNECTIONS),
                TransferSettings.of(settings));
    }

    /// A line break would be another command.
    private static String line(String name, String value) {
        if (value.isBlank() || value.chars().anyMatch(Character::isISOControl)) {
            throw new ConfigException("Setting " + name + " must be one line of text");
        }
        return value;
    }

    /// Whether a destination's settings ask for a connection that is secured.
    static boolean isEncrypted(Destination destination) {
        String tls = destination.settings().get(TLS);
        return tls == null || tls.strip().equals("explicit") || tls.strip().equals("implicit");
    }
}
