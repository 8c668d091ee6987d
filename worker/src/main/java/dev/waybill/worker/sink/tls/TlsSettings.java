package dev.waybill.worker.sink.tls;

import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.Settings;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/// The settings of a destination that say how its connections are secured, the same for every provider.
public final class TlsSettings {

    private static final String CA = "tls.ca";
    private static final String KEY = "tls.key";

    /// What is refused together with connections that are not secured.
    public static final String CERTIFICATE = "tls.cert";

    private TlsSettings() {}

    /// Adds whom to trust.
    public static ConfigDef defineTrust(ConfigDef definition) {
        return definition.define(
                CA,
                ConfigDef.Type.STRING,
                null,
                Settings.check("certificates in PEM", TlsTrust::only),
                Importance.LOW,
                "Certificates in PEM of the authorities to trust in place of the JVM's.");
    }

    /// Adds who we are.
    public static ConfigDef defineIdentity(ConfigDef definition) {
        return definition
                .define(
                        CERTIFICATE,
                        ConfigDef.Type.STRING,
                        null,
                        Settings.check("a certificate chain in PEM", TlsIdentity::chain),
                        Importance.LOW,
                        "Certificate in PEM to show to a receiver that asks for one, with those that lead to its authority"
                                + " after it. Needs tls.key.")
                .define(
                        KEY,
                        ConfigDef.Type.PASSWORD,
                        null,
                        Importance.LOW,
                        "Reference to the private key of tls.cert: PKCS#8 in PEM, without a password.");
    }

    /// Null for the authorities of the JVM.
    ///
    /// @throws ConfigException if what is set cannot be read
    public static @Nullable TlsTrust trust(Settings settings) {
        String pem = settings.string(CA);
        return pem == null ? null : Settings.convert(CA, pem, TlsTrust::only);
    }

    /// Null for none.
    ///
    /// @throws ConfigException if there is a certificate without its key, or a key without its certificate
    public static @Nullable ClientCertificate certificate(Settings settings, Destination destination) {
        String pem = settings.string(CERTIFICATE);
        String key = settings.secret(KEY);
        if (pem == null && key == null) {
            return null;
        }
        if (pem == null || key == null) {
            throw new ConfigException("Setting " + CERTIFICATE + " and setting " + KEY + " need each other");
        }
        return new ClientCertificate(
                destination.organizationId(), Settings.convert(CERTIFICATE, pem, TlsIdentity::chain), key);
    }
}
