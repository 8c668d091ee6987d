package dev.waybill.worker.sink.ses;

import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Settings;
import dev.waybill.worker.sink.aws.AwsSettings;
import dev.waybill.worker.sink.aws.WorkerIdentity;
import dev.waybill.worker.sink.email.EmailSettings;
import dev.waybill.worker.sink.tls.TlsSettings;
import dev.waybill.worker.sink.tls.TlsTrust;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.jspecify.annotations.Nullable;

/// The settings of one destination, bound once.
///
/// @param configurationSet null for the identity's own, if it has one
/// @param identityArn      identity of another account that lets us send; null for our own
/// @param trust            null for the authorities of the JVM
record SesSettings(
        AwsSettings aws,
        EmailSettings email,
        @Nullable String configurationSet,
        @Nullable String identityArn,
        @Nullable TlsTrust trust) {

    /// https://docs.aws.amazon.com/ses/latest/dg/quotas.html
    static final int RECIPIENTS_MAX = 50;

    /// Likewise: what SES takes, as it is sent.
    static final int MESSAGE_MAX = 40_000_000;

    /// In base64 in the message, and that in base64 again, it stays below [#MESSAGE_MAX].
    static final int PAYLOAD_MAX = 20 << 20;

    private static final String CONFIGURATION_SET = "configuration.set";
    private static final String IDENTITY_ARN = "from.identity.arn";

    static final ConfigDef DEFINITION = EmailSettings.define(
                    AwsSettings.define(TlsSettings.defineTrust(new ConfigDef())))
            .define(
                    CONFIGURATION_SET,
                    ConfigDef.Type.STRING,
                    null,
                    Settings.check("the name of a configuration set", SesSettings::configurationSet),
                    Importance.MEDIUM,
                    "Configuration set that decides about events, dedicated addresses and more.")
            .define(
                    IDENTITY_ARN,
                    ConfigDef.Type.STRING,
                    null,
                    Settings.check("the ARN of an identity", SesSettings::identity),
                    Importance.LOW,
                    "ARN of an identity of another account that authorizes this one to send from it.");

    static SesSettings bind(Destination destination, Secrets secrets, WorkerIdentity allowed) {
        Settings settings = Settings.bind(DEFINITION, destination, secrets);
        String set = settings.string(CONFIGURATION_SET);
        String identity = settings.string(IDENTITY_ARN);
        return new SesSettings(
                AwsSettings.of(settings, destination, allowed),
                EmailSettings.of(settings, destination, RECIPIENTS_MAX),
                set == null ? null : Settings.convert(CONFIGURATION_SET, set, SesSettings::configurationSet),
                identity == null ? null : Settings.convert(IDENTITY_ARN, identity, SesSettings::identity),
                TlsSettings.trust(settings));
    }

    private static String configurationSet(String text) {
        return matching(text, "[A-Za-z0-9_-]{1,64}", "must be the name of a configuration set");
    }

    private static String identity(String text) {
        return matching(
                text, "arn:aws[a-z-]*:ses:[a-z0-9-]+:[0-9]{12}:identity/\\S{1,320}", "must be the ARN of an identity");
    }

    private static String matching(String text, String pattern, String otherwise) {
        String stripped = text.strip();
        if (!stripped.matches(pattern)) {
            throw new IllegalArgumentException(otherwise);
        }
        return stripped;
    }
}
