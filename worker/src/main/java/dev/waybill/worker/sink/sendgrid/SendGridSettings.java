package dev.waybill.worker.sink.sendgrid;

import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Settings;
import dev.waybill.worker.sink.email.EmailAddress;
import dev.waybill.worker.sink.email.EmailSettings;
import dev.waybill.worker.sink.http.ApiSettings;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigException;

/// A destination's settings.
///
/// @param apart whether each recipient gets a message of his own
record SendGridSettings(ApiSettings api, EmailSettings email, boolean apart, List<String> categories) {

    private static final String BASE_URL = "https://api.sendgrid.com";
    private static final String RECIPIENTS = "recipients";
    private static final String TOGETHER = "together";
    private static final String APART = "apart";
    private static final String CATEGORIES = "categories";

    /// Of a request, over all its personalizations:
    /// https://www.twilio.com/docs/sendgrid/api-reference/mail-send/limitations.
    static final int RECIPIENTS_MAX = 1_000;

    private static final int CATEGORIES_MAX = 10;
    private static final int CATEGORY_MAX = 255;

    static final ConfigDef DEFINITION = ApiSettings.define(
                    EmailSettings.define(new ConfigDef()),
                    BASE_URL,
                    "; the scope mail.send is enough. Accounts in the EU set base.url to https://api.eu.sendgrid.com too")
            .define(
                    RECIPIENTS,
                    ConfigDef.Type.STRING,
                    TOGETHER,
                    ConfigDef.ValidString.in(TOGETHER, APART),
                    Importance.LOW,
                    "together: one message that shows all recipients; apart: each of them gets a message that shows him alone"
                            + " (a personalization of his own), not with cc or bcc.")
            .define(
                    CATEGORIES,
                    ConfigDef.Type.LIST,
                    List.of(),
                    Importance.LOW,
                    "Categories of SendGrid's statistics, separated by commas, at most " + CATEGORIES_MAX + ".");

    SendGridSettings {
        categories = List.copyOf(categories);
    }

    static SendGridSettings bind(Destination destination, Secrets secrets) {
        Settings settings = Settings.bind(DEFINITION, destination, secrets);
        EmailSettings email = EmailSettings.of(settings, destination, RECIPIENTS_MAX);
        boolean apart = settings.required(RECIPIENTS).equals(APART);
        if (apart && !(email.cc().isEmpty() && email.bcc().isEmpty())) {
            throw new ConfigException("Setting " + RECIPIENTS + ": apart has neither cc nor bcc");
        }
        requirePlainNames(email);
        requireEachOnce(email);
        List<String> categories = settings.list(CATEGORIES);
        if (categories.size() > CATEGORIES_MAX
                || categories.stream().anyMatch(one -> one.isBlank() || one.length() > CATEGORY_MAX)) {
            throw new ConfigException("Setting " + CATEGORIES + ": at most " + CATEGORIES_MAX + ", of 1 to "
                    + CATEGORY_MAX + " characters each");
        }
        return new SendGridSettings(ApiSettings.of(settings, destination), email, apart, categories);
    }

    /// SendGrid refuses names with these characters, as the page of its limits says.
    private static void requirePlainNames(EmailSettings email) {
        boolean plain = Stream.of(
                        Stream.of(email.from()), email.to().stream(), email.cc().stream(), email.bcc().stream())
                .flatMap(addresses -> addresses)
                .map(EmailAddress::name)
                .noneMatch(name -> name != null && (name.contains(";") || name.contains(",")));
        if (!plain) {
            throw new ConfigException("Setting from, to, cc or bcc: SendGrid takes no name with a comma or semicolon");
        }
    }

    /// SendGrid refuses a message that names somebody twice among to, cc and bcc.
    private static void requireEachOnce(EmailSettings email) {
        Set<String> seen = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        boolean once = Stream.of(email.to(), email.cc(), email.bcc())
                .flatMap(List::stream)
                .allMatch(one -> seen.add(one.address()));
        if (!once) {
            throw new ConfigException("Setting to, cc or bcc: SendGrid takes each address once");
        }
    }

    static boolean isEncrypted(Destination destination) {
        return ApiSettings.isEncrypted(destination, BASE_URL);
    }
}
