package dev.waybill.worker.sink.smtp;

import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Settings;
import dev.waybill.worker.sink.email.EmailAddress;
import dev.waybill.worker.sink.email.EmailSettings;
import dev.waybill.worker.sink.oauth.OAuthSettings;
import dev.waybill.worker.sink.smtp.Login.Password.Mechanism;
import dev.waybill.worker.sink.tls.ClientCertificate;
import dev.waybill.worker.sink.tls.TlsSettings;
import dev.waybill.worker.sink.tls.TlsTrust;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/// A destination's settings.
///
/// @param tlsName       for which the server's certificate must be
/// @param ehloName      what we call ourselves; null for the address of the connection
/// @param account       who we are; null for nobody in particular
/// @param trust         null for the authorities of the JVM
/// @param certificate   null for none
/// @param envelopeFrom  where failures are reported, if not to the sender
/// @param perConnection messages that a connection takes at most
record SmtpSettings(
        String organizationId,
        String host,
        int port,
        Security security,
        String tlsName,
        @Nullable String ehloName,
        @Nullable Account account,
        @Nullable TlsTrust trust,
        @Nullable ClientCertificate certificate,
        @Nullable EmailAddress envelopeFrom,
        OnRefused onRefused,
        int perConnection,
        EmailSettings email) {

    private static final String HOST = "host";
    private static final String PORT = "port";
    static final String SECURITY = "security";
    private static final String AUTH = "auth";
    private static final String USERNAME = "username";
    private static final String PASSWORD = "password";
    private static final String TLS_NAME = "tls.server.name";
    private static final String EHLO_NAME = "ehlo.name";
    private static final String ENVELOPE_FROM = "envelope.from";
    private static final String RECIPIENTS_REFUSED = "recipients.refused";
    private static final String PER_CONNECTION = "connection.max.messages";

    private static final String AUTO = "auto";
    private static final String NONE = "none";
    private static final String XOAUTH2 = "xoauth2";

    /// Every server takes as many (RFC 5321, section 4.5.3.1.8).
    static final int RECIPIENTS_MAX = 100;

    /// It is in memory as bytes and as the message, so that this is what sixteen at a time leave room for
    /// in a heap of 1 GiB.
    static final int PAYLOAD_MAX = 10 << 20;

    /// Servers end a connection after about a hundred messages.
    private static final int PER_CONNECTION_DEFAULT = 100;

    private static final int PER_CONNECTION_MAX = 10_000;

    /// Names and addresses; what matters is that none can end the line of a command.
    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9._:-]{1,253}");

    private static final Pattern EHLO = Pattern.compile("[A-Za-z0-9.-]{1,253}|\\[[A-Za-z0-9.:]{1,253}]");

    /// Who we are, as the settings say: secrets are references.
    sealed interface Account {

        /// Somebody with a password.
        record WithPassword(Mechanism mechanism, String username, String password) implements Account {}

        /// Somebody with access tokens.
        record WithTokens(String username, OAuthSettings tokens) implements Account {}
    }

    static final ConfigDef DEFINITION = EmailSettings.define(
                    OAuthSettings.define(TlsSettings.defineIdentity(TlsSettings.defineTrust(new ConfigDef()))))
            .define(
                    HOST,
                    ConfigDef.Type.STRING,
                    ConfigDef.NO_DEFAULT_VALUE,
                    matching(HOST_NAME, "must be a host name or an address"),
                    Importance.HIGH,
                    "Mail server, by name or address.")
            .define(
                    PORT,
                    ConfigDef.Type.INT,
                    0,
                    Range.between(0, 65_535),
                    Importance.MEDIUM,
                    "Its port; 0 stands for 587 with starttls, 465 with tls and 25 with none.")
            .define(
                    SECURITY,
                    ConfigDef.Type.STRING,
                    Security.STARTTLS.wireName(),
                    ValidString.in(Security.names().toArray(String[]::new)),
                    Importance.MEDIUM,
                    "starttls: nothing is sent unless the server agrees to TLS first; tls: from the first byte on; none.")
            .define(
                    AUTH,
                    ConfigDef.Type.STRING,
                    AUTO,
                    ValidString.in(AUTO, NONE, "plain", "login", XOAUTH2),
                    Importance.MEDIUM,
                    "How to authenticate. auto: PLAIN or LOGIN, as the server offers, if there is a username. xoauth2: with access"
                            + " tokens, by the settings oauth.")
            .define(USERNAME, ConfigDef.Type.STRING, null, Importance.MEDIUM, "Account at the server.")
            .define(
                    PASSWORD,
                    ConfigDef.Type.PASSWORD,
                    null,
                    Importance.MEDIUM,
                    "Reference to its password. Never sent without TLS.")
            .define(
                    TLS_NAME,
                    ConfigDef.Type.STRING,
                    null,
                    matching(HOST_NAME, "must be a host name"),
                    Importance.LOW,
                    "Name that the server's certificate must be for, and that it is asked for (SNI), if not host.")
            .define(
                    EHLO_NAME,
                    ConfigDef.Type.STRING,
                    null,
                    matching(EHLO, "must be a domain, or an address in brackets"),
                    Importance.LOW,
                    "What the worker calls itself; by default its address in brackets. Servers on port 25 often want a name"
                            + " that resolves.")
            .define(
                    ENVELOPE_FROM,
                    ConfigDef.Type.STRING,
                    null,
                    Settings.check("an address", SmtpSettings::one),
                    Importance.LOW,
                    "Where other servers report that they could not deliver, if not to from.")
            .define(
                    RECIPIENTS_REFUSED,
                    ConfigDef.Type.STRING,
                    "fail",
                    ValidString.in(OnRefused.names().toArray(String[]::new)),
                    Importance.LOW,
                    "If the server refuses some recipients: fail sends the message to nobody; skip leaves out those who are"
                            + " refused for good.")
            .define(
                    PER_CONNECTION,
                    ConfigDef.Type.INT,
                    PER_CONNECTION_DEFAULT,
                    Range.between(1, PER_CONNECTION_MAX),
                    Importance.LOW,
                    "Messages that one connection takes at most, 1 to " + PER_CONNECTION_MAX + ".");

    private static ConfigDef.Validator matching(Pattern pattern, String message) {
        return Settings.check(message.substring("must be ".length()), text -> {
            if (!pattern.matcher(text.strip()).matches()) {
                throw new IllegalArgumentException(message);
            }
            return text;
        });
    }

    private static EmailAddress one(String text) {
        List<EmailAddress> addresses = EmailAddress.list(text);
        if (addresses.size() != 1) {
            throw new IllegalArgumentException("must be one address");
        }
        return addresses.getFirst();
    }

    static SmtpSettings bind(Destination destination, Secrets secrets) {
        Settings settings = Settings.bind(DEFINITION, destination, secrets);
        Security security = Security.of(settings.required(SECURITY));
        Account account = account(settings, destination.organizationId());
        TlsTrust trust = TlsSettings.trust(settings);
        ClientCertificate certificate = TlsSettings.certificate(settings, destination);
        if (security == Security.NONE) {
            require(account == null, AUTH, "needs security starttls or tls: credentials are not sent in the clear");
            require(certificate == null, TlsSettings.CERTIFICATE, "needs security starttls or tls");
        }
        String host = settings.required(HOST).strip();
        int port = settings.integer(PORT);
        return new SmtpSettings(
                destination.organizationId(),
                host,
                port == 0 ? security.port() : port,
                security,
                optional(settings, TLS_NAME, host, String::strip),
                settings.string(EHLO_NAME) == null
                        ? null
                        : settings.required(EHLO_NAME).strip(),
                account,
                trust,
                certificate,
                settings.string(ENVELOPE_FROM) == null
                        ? null
                        : Settings.convert(ENVELOPE_FROM, settings.required(ENVELOPE_FROM), SmtpSettings::one),
                OnRefused.of(settings.required(RECIPIENTS_REFUSED)),
                settings.integer(PER_CONNECTION),
                EmailSettings.of(settings, destination, RECIPIENTS_MAX));
    }

    private static String optional(Settings settings, String name, String otherwise, Function<String, String> reader) {
        String value = settings.string(name);
        return value == null ? otherwise : reader.apply(value);
    }

    private static @Nullable Account account(Settings settings, String organizationId) {
        String auth = settings.required(AUTH).strip();
        String username = settings.string(USERNAME);
        String password = settings.secret(PASSWORD);
        require(auth.equals(XOAUTH2) || !OAuthSettings.areIn(settings), AUTH, "must be xoauth2 to use access tokens");
        if (auth.equals(NONE) || (auth.equals(AUTO) && username == null && password == null)) {
            require(username == null, USERNAME, "has no use with auth none");
            require(password == null, PASSWORD, "has no use with auth none");
            return null;
        }
        if (username == null || username.isBlank()) {
            throw new ConfigException("Setting " + USERNAME + ": is required to authenticate");
        }
        require(username.chars().noneMatch(Character::isISOControl), USERNAME, "must not have control characters");
        if (auth.equals(XOAUTH2)) {
            require(password == null, PASSWORD, "has no use with auth xoauth2");
            return new Account.WithTokens(username, OAuthSettings.of(settings, organizationId));
        }
        if (password == null) {
            throw new ConfigException("Setting " + PASSWORD + ": is required to authenticate");
        }
        Mechanism mechanism = auth.equals(AUTO) ? Mechanism.ANY : Mechanism.valueOf(auth.toUpperCase(Locale.ROOT));
        return new Account.WithPassword(mechanism, username, password);
    }

    private static void require(boolean holds, String setting, String message) {
        if (!holds) {
            throw new ConfigException("Setting " + setting + ": " + message);
        }
    }

    static boolean isEncrypted(Destination destination) {
        String given = destination.settings().getOrDefault(SECURITY, Security.STARTTLS.wireName());
        return Security.names().contains(given.strip()) && Security.of(given) != Security.NONE;
    }
}
