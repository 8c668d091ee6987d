package dev.waybill.worker.sink.resend;

import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.BatchLimits;
import dev.waybill.worker.sink.BatchSettings;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Settings;
import dev.waybill.worker.sink.email.EmailSettings;
import dev.waybill.worker.sink.http.HttpTarget;
import dev.waybill.worker.sink.tls.TlsSettings;
import dev.waybill.worker.sink.tls.TlsTrust;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/// A destination's settings.
///
/// @param apiKey reference to the key
record ResendSettings(
        String organizationId,
        String destinationId,
        String apiKey,
        HttpTarget emails,
        HttpTarget batch,
        HttpTarget domains,
        @Nullable TlsTrust trust,
        EmailSettings email) {

    private static final String API_KEY = "api.key";
    private static final String BASE_URL = "base.url";
    private static final String BASE_URL_DEFAULT = "https://api.resend.com";
    private static final String ATTACH = "attach";

    /// Of a message: https://resend.com/docs/api-reference/emails/send-email.
    static final int RECIPIENTS_MAX = 50;

    /// Resend takes 40 MB of a message after base64. It is in memory as bytes, in base64 and as JSON, so that this is
    /// what
    /// sixteen at a time leave room for in a heap of 1 GiB.
    static final int PAYLOAD_MAX = 10 << 20;

    /// https://resend.com/docs/api-reference/emails/send-batch-emails: messages without attachments.
    static final int BATCH_MAX = 100;

    private static final BatchSettings BATCHES =
            new BatchSettings(List.of("json"), new BatchLimits(BATCH_MAX, 4 << 20, Duration.ofMillis(500)));

    static final ConfigDef DEFINITION = EmailSettings.define(BATCHES.define(
                    TlsSettings.defineTrust(new ConfigDef()),
                    "json: messages travel together, up to 100 in a call, as Resend's batches have it; not with attach. Refused"
                            + " together, they are tried again in smaller ones."))
            .define(
                    API_KEY,
                    ConfigDef.Type.PASSWORD,
                    ConfigDef.NO_DEFAULT_VALUE,
                    Importance.HIGH,
                    "Reference to the API key; one that may only send is enough.")
            .define(
                    BASE_URL,
                    ConfigDef.Type.STRING,
                    BASE_URL_DEFAULT,
                    Settings.check("an http or https URL", HttpTarget::parse),
                    Importance.LOW,
                    "Where the API is.");

    static ResendSettings bind(Destination destination, Secrets secrets) {
        Settings settings = Settings.bind(DEFINITION, destination, secrets);
        String base = settings.required(BASE_URL);
        EmailSettings email = EmailSettings.of(settings, destination, RECIPIENTS_MAX);
        if (BatchSettings.format(destination) != null && settings.bool(ATTACH)) {
            throw new ConfigException("Setting batch.format: must be none with attach, because batches have no files");
        }
        BatchLimits limits = BATCHES.limits(destination);
        if (limits != null && limits.count() > BATCH_MAX) {
            throw new ConfigException("Setting batch.max.count: Resend takes " + BATCH_MAX + " messages at most");
        }
        String key = settings.secret(API_KEY);
        if (key == null) {
            throw new ConfigException("Setting " + API_KEY + ": is required");
        }
        return new ResendSettings(
                destination.organizationId(),
                destination.id().toString(),
                key,
                base(base, "/emails"),
                base(base, "/emails/batch"),
                base(base, "/domains"),
                TlsSettings.trust(settings),
                email);
    }

    private static HttpTarget base(String url, String path) {
        return Settings.convert(BASE_URL, url.strip().replaceFirst("/+$", "") + path, HttpTarget::parse);
    }

    static boolean isEncrypted(Destination destination) {
        return HttpTarget.isTls(destination.settings().getOrDefault(BASE_URL, BASE_URL_DEFAULT));
    }

    static @Nullable BatchLimits batches(Destination destination, Delivery delivery) {
        return BatchSettings.format(destination) == null
                        || delivery.request().payload().body() == null
                ? null
                : BATCHES.limits(destination);
    }
}
