package dev.waybill.worker.sink.resend;

import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.BatchLimits;
import dev.waybill.worker.sink.BatchSettings;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Settings;
import dev.waybill.worker.sink.email.EmailSettings;
import dev.waybill.worker.sink.http.ApiSettings;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/// A destination's settings.
record ResendSettings(ApiSettings api, EmailSettings email) {

    private static final String BASE_URL = "https://api.resend.com";

    /// Of a message: https://resend.com/docs/api-reference/emails/send-email.
    static final int RECIPIENTS_MAX = 50;

    /// https://resend.com/docs/api-reference/emails/send-batch-emails: messages without attachments.
    static final int BATCH_MAX = 100;

    private static final BatchSettings BATCHES =
            new BatchSettings(List.of("json"), new BatchLimits(BATCH_MAX, 4 << 20, Duration.ofMillis(500)));

    static final ConfigDef DEFINITION = ApiSettings.define(
            EmailSettings.define(BATCHES.define(
                    new ConfigDef(),
                    "json: messages travel together, up to 100 in a call, as Resend's batches have it; not with attach. Refused"
                            + " together, they are tried again in smaller ones.")),
            BASE_URL,
            "; one that may only send is enough");

    static ResendSettings bind(Destination destination, Secrets secrets) {
        Settings settings = Settings.bind(DEFINITION, destination, secrets);
        EmailSettings email = EmailSettings.of(settings, destination, RECIPIENTS_MAX);
        if (BatchSettings.format(destination) != null && email.attaches()) {
            throw new ConfigException("Setting batch.format: must be none with attach, because batches have no files");
        }
        BatchLimits limits = BATCHES.limits(destination);
        if (limits != null && limits.count() > BATCH_MAX) {
            throw new ConfigException("Setting batch.max.count: Resend takes " + BATCH_MAX + " messages at most");
        }
        return new ResendSettings(ApiSettings.of(settings, destination), email);
    }

    static boolean isEncrypted(Destination destination) {
        return ApiSettings.isEncrypted(destination, BASE_URL);
    }

    static @Nullable BatchLimits batches(Destination destination, Delivery delivery) {
        return BatchSettings.format(destination) == null
                        || delivery.request().payload().body() == null
                ? null
                : BATCHES.limits(destination);
    }
}
