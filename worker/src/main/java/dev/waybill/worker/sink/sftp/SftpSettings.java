package dev.waybill.worker.sink.sftp;

import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Settings;
import dev.waybill.worker.sink.transfer.TransferSettings;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/// The settings of one version of a destination.
///
/// @param password   reference; null for none
/// @param key        reference; null for none
/// @param passphrase reference; null for none
/// @param channels   files under way on one session
record SftpSettings(
        String organizationId,
        String host,
        int port,
        String user,
        @Nullable String password,
        @Nullable String key,
        @Nullable String passphrase,
        HostKeys hostKeys,
        int channels,
        TransferSettings transfer) {

    static final String HOST = "host";
    private static final String PORT = "port";
    static final String USER = "user";
    static final String PASSWORD = "password";
    private static final String KEY = "private.key";
    private static final String PASSPHRASE = "private.key.passphrase";
    static final String HOST_KEYS = "host.keys";
    private static final String CHANNELS = "channels.max";

    private static final int PORT_DEFAULT = 22;
    private static final int PORT_MAX = 65_535;

    /// OpenSSH allows ten sessions on a connection by default; two are left to whoever else logs in that way.
    private static final int CHANNELS_DEFAULT = 8;

    private static final int CHANNELS_MAX = 64;

    static final ConfigDef DEFINITION = TransferSettings.define(new ConfigDef()
            .define(HOST, ConfigDef.Type.STRING, Importance.HIGH, "Name or address of the server.")
            .define(
                    PORT,
                    ConfigDef.Type.INT,
                    PORT_DEFAULT,
                    ConfigDef.Range.between(1, PORT_MAX),
                    Importance.MEDIUM,
                    "Its port.")
            .define(USER, ConfigDef.Type.STRING, Importance.HIGH, "Name to log in with.")
            .define(
                    PASSWORD,
                    ConfigDef.Type.PASSWORD,
                    null,
                    Importance.HIGH,
                    "Reference to the password. Needed, or private.key, or both where the server asks for both.")
            .define(
                    KEY,
                    ConfigDef.Type.PASSWORD,
                    null,
                    Importance.HIGH,
                    "Reference to a private key (ed25519, ECDSA or RSA), as ssh-keygen or openssl write it.")
            .define(
                    PASSPHRASE,
                    ConfigDef.Type.PASSWORD,
                    null,
                    Importance.LOW,
                    "Reference to the passphrase of private.key, if it has one.")
            .define(
                    HOST_KEYS,
                    ConfigDef.Type.STRING,
                    ConfigDef.NO_DEFAULT_VALUE,
                    Settings.check(
                            "lines of known_hosts, or SHA-256 fingerprints", text -> HostKeys.parse(text, null, 0)),
                    Importance.HIGH,
                    "The server's keys: lines of known_hosts as ssh-keyscan prints them, or fingerprints such as SHA256:…,"
                            + " better with the type before them (ssh-ed25519 SHA256:…). A server with another key is"
                            + " refused.")
            .define(
                    CHANNELS,
                    ConfigDef.Type.INT,
                    CHANNELS_DEFAULT,
                    ConfigDef.Range.between(1, CHANNELS_MAX),
                    Importance.LOW,
                    "Files that are under way on one session at a time, at most " + CHANNELS_MAX
                            + ". More sessions are opened for more."));

    /// @throws ConfigException if a setting is missing or cannot work
    static SftpSettings bind(Destination destination, Secrets secrets) {
        Settings settings = Settings.bind(DEFINITION, destination, secrets);
        String host = settings.required(HOST).strip();
        int port = settings.integer(PORT);
        String password = settings.secret(PASSWORD);
        String key = settings.secret(KEY);
        if (password == null && key == null) {
            throw new ConfigException("Setting " + PASSWORD + " or setting " + KEY + " is missing");
        }
        String passphrase = settings.secret(PASSPHRASE);
        if (passphrase != null && key == null) {
            throw new ConfigException("Setting " + PASSPHRASE + " needs setting " + KEY);
        }
        requireText(HOST, host);
        requireText(USER, settings.required(USER));
        return new SftpSettings(
                destination.organizationId(),
                host,
                port,
                settings.required(USER),
                password,
                key,
                passphrase,
                Settings.convert(HOST_KEYS, settings.required(HOST_KEYS), text -> HostKeys.parse(text, host, port)),
                settings.integer(CHANNELS),
                TransferSettings.of(settings));
    }

    private static void requireText(String name, String value) {
        if (value.isBlank() || value.chars().anyMatch(Character::isISOControl)) {
            throw new ConfigException("Setting " + name + " must be one line of text");
        }
    }
}
