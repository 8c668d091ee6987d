package dev.waybill.worker.sink.email;

import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.Failures;
import dev.waybill.worker.sink.Settings;
import dev.waybill.worker.sink.email.EmailMessage.Attachment;
import dev.waybill.worker.sink.email.MessageTemplate.MissingValueException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/// The settings that say what a payload looks like as a message, the same for every provider.
///
/// @param destinationId part of the Message-ID: two destinations send two messages
public record EmailSettings(
        String destinationId,
        EmailAddress from,
        List<EmailAddress> to,
        List<EmailAddress> cc,
        List<EmailAddress> bcc,
        @Nullable EmailAddress replyTo,
        MessageTemplate subject,
        @Nullable MessageTemplate text,
        @Nullable MessageTemplate html,
        @Nullable MessageTemplate attachmentName) {

    private static final String FROM = "from";
    private static final String TO = "to";
    private static final String CC = "cc";
    private static final String BCC = "bcc";
    private static final String REPLY_TO = "reply.to";
    private static final String SUBJECT = "subject";
    private static final String TEXT = "text";
    private static final String HTML = "html";
    private static final String ATTACH = "attach";
    private static final String ATTACHMENT_NAME = "attachment.name";

    /// RFC 5322, section 2.1.1, allows 998 bytes in a line; longer subjects are nobody's.
    static final int SUBJECT_MAX = 500;

    /// What an API takes in a message is more, 30 MB and upwards after base64. But the payload is in memory as bytes,
    /// in
    /// base64 and as JSON, so that this is what sixteen at a time leave room for in a heap of 1 GiB.
    private static final int API_PAYLOAD_MAX = 10 << 20;

    private static final int FILENAME_MAX = 200;
    private static final String UNNAMED = "payload";

    /// What became of composing a message.
    public sealed interface Composed {

        /// It can be sent.
        record Ready(EmailMessage message) implements Composed {}

        /// It cannot, and this is why.
        record Failed(Outcome.Failed outcome) implements Composed {}
    }

    /// Adds the settings to those of a provider.
    public static ConfigDef define(ConfigDef definition) {
        return definition
                .define(
                        FROM,
                        ConfigDef.Type.STRING,
                        ConfigDef.NO_DEFAULT_VALUE,
                        Settings.check("an address such as Sales <sales@example.com>", EmailAddress::one),
                        Importance.HIGH,
                        "Sender, such as Sales <sales@example.com>.")
                .define(
                        TO,
                        ConfigDef.Type.STRING,
                        ConfigDef.NO_DEFAULT_VALUE,
                        Settings.check("addresses, separated by commas", EmailAddress::list),
                        Importance.HIGH,
                        "Recipients, separated by commas.")
                .define(CC, ConfigDef.Type.STRING, null, addresses(), Importance.LOW, "Recipients of a copy.")
                .define(
                        BCC,
                        ConfigDef.Type.STRING,
                        null,
                        addresses(),
                        Importance.LOW,
                        "Recipients of a copy whom the others do not see.")
                .define(
                        REPLY_TO,
                        ConfigDef.Type.STRING,
                        null,
                        Settings.check("an address", EmailAddress::one),
                        Importance.LOW,
                        "Where answers go, if not to the sender.")
                .define(
                        SUBJECT,
                        ConfigDef.Type.STRING,
                        "{{payload.type}}",
                        Settings.check("a template", MessageTemplate::text),
                        Importance.MEDIUM,
                        "Subject, a template. Line breaks in it become blanks; at most " + SUBJECT_MAX
                                + " characters are" + " sent.")
                .define(
                        TEXT,
                        ConfigDef.Type.STRING,
                        null,
                        Settings.check("a template", MessageTemplate::text),
                        Importance.MEDIUM,
                        "Body as plain text, a template. Without text and html it is the payload: as text, or as HTML if its"
                                + " contentType is text/html.")
                .define(
                        HTML,
                        ConfigDef.Type.STRING,
                        null,
                        Settings.check("a template", MessageTemplate::html),
                        Importance.MEDIUM,
                        "Body as HTML, a template whose values are escaped.")
                .define(
                        ATTACH,
                        ConfigDef.Type.BOOLEAN,
                        false,
                        Importance.MEDIUM,
                        "Whether the payload is attached as a file. Needs text or html.")
                .define(
                        ATTACHMENT_NAME,
                        ConfigDef.Type.STRING,
                        null,
                        Settings.check("a template", MessageTemplate::text),
                        Importance.LOW,
                        "Name of the file, a template; by default the payload's filename, or payload.");
    }

    private static ConfigDef.Validator addresses() {
        return Settings.check("addresses, separated by commas", EmailAddress::list);
    }

    /// Reads the settings of a destination.
    ///
    /// @param recipientsMax of a message, as the provider has it
    /// @throws ConfigException if they cannot work together
    public static EmailSettings of(Settings settings, Destination destination, int recipientsMax) {
        EmailSettings email = new EmailSettings(
                destination.id().toString(),
                Settings.convert(FROM, settings.required(FROM), EmailAddress::one),
                Settings.convert(TO, settings.required(TO), EmailAddress::list),
                optional(settings, CC),
                optional(settings, BCC),
                settings.string(REPLY_TO) == null
                        ? null
                        : Settings.convert(REPLY_TO, settings.required(REPLY_TO), EmailAddress::one),
                Settings.convert(SUBJECT, settings.required(SUBJECT), MessageTemplate::text),
                template(settings, TEXT, MessageTemplate::text),
                template(settings, HTML, MessageTemplate::html),
                settings.bool(ATTACH) ? name(settings) : null);
        int recipients = email.to().size() + email.cc().size() + email.bcc().size();
        if (recipients > recipientsMax) {
            throw new ConfigException("Setting to: with cc and bcc at most " + recipientsMax + " recipients");
        }
        if (settings.bool(ATTACH) && email.text() == null && email.html() == null) {
            throw new ConfigException("Setting attach: needs text or html, which say what is attached");
        }
        return email;
    }

    /// Everybody whom a message goes to.
    public List<EmailAddress> recipients() {
        return Stream.of(to, cc, bcc).flatMap(List::stream).toList();
    }

    private static List<EmailAddress> optional(Settings settings, String name) {
        String value = settings.string(name);
        return value == null ? List.of() : Settings.convert(name, value, EmailAddress::list);
    }

    private static @Nullable MessageTemplate template(
            Settings settings, String name, Function<String, MessageTemplate> reader) {
        String value = settings.string(name);
        return value == null ? null : Settings.convert(name, value, reader);
    }

    private static MessageTemplate name(Settings settings) {
        MessageTemplate given = template(settings, ATTACHMENT_NAME, MessageTemplate::text);
        return given == null ? MessageTemplate.text("{{payload.filename}}") : given;
    }

    /// Whether the payload goes as a file.
    public boolean attaches() {
        return attachmentName != null;
    }

    /// Makes the message of a delivery whose payload has [#API_PAYLOAD_MAX] bytes at most.
    public Composed compose(Attempt attempt) {
        return compose(attempt, API_PAYLOAD_MAX);
    }

    /// Makes the message of a delivery; the same one for every attempt.
    ///
    /// @param bytesMax of the payload, as the provider has it
    public Composed compose(Attempt attempt, int bytesMax) {
        Delivery delivery = attempt.delivery();
        if (attempt.content().size() > bytesMax) {
            return failed("message_too_large", "the payload is larger than the " + bytesMax + " bytes of the provider");
        }
        try {
            Bytes bytes = read(attempt.content());
            Values values = new Values(delivery.request(), bytes);
            Payload payload = delivery.request().payload();
            String plain = text == null ? null : text.render(values);
            String rich = html == null ? null : html.render(values);
            if (plain == null && rich == null) {
                String body = required(values, "payload.text");
                boolean isHtml = payload.contentType().regionMatches(true, 0, "text/html", 0, "text/html".length());
                plain = isHtml ? null : body;
                rich = isHtml ? body : null;
            }
            return new Composed.Ready(new EmailMessage(
                    "<" + delivery.id() + "." + destinationId + "@" + from.domain() + ">",
                    from,
                    to,
                    cc,
                    bcc,
                    replyTo,
                    line(subject.render(values), SUBJECT_MAX),
                    plain,
                    rich,
                    attachmentName == null
                            ? null
                            : new Attachment(
                                    line(attachmentName.render(values), FILENAME_MAX), payload.contentType(), bytes)));
        } catch (MissingValueException e) {
            return failed("template_value_missing", String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return new Composed.Failed(Failures.unreadable(e));
        }
    }

    private static Composed failed(String code, String message) {
        return new Composed.Failed(new Outcome.Permanent(Fault.of(ErrorCategory.PAYLOAD, code, message)));
    }

    private static Bytes read(Content content) throws IOException {
        if (content instanceof Content.Inline(Bytes bytes)) {
            return bytes;
        }
        try (InputStream in = content.open()) {
            return Bytes.of(in.readAllBytes());
        }
    }

    private static String required(Values values, String name) throws MissingValueException {
        String value = values.get(name);
        if (value == null) {
            throw new MissingValueException(name);
        }
        return value;
    }

    /// One line, so that no value can begin a header, and not longer than somebody will take.
    private static String line(String text, int max) {
        String line = text.codePoints()
                .map(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029 ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString()
                .strip();
        return line.codePointCount(0, line.length()) <= max ? line : line.substring(0, line.offsetByCodePoints(0, max));
    }

    /// What a delivery has to say.
    private record Values(Request request, Bytes bytes) implements MessageTemplate.Values {

        private static final String METADATA = "metadata.";

        @Override
        public @Nullable String get(String name) {
            Payload payload = request.payload();
            return switch (name) {
                case "deliveryId" -> request.deliveryId();
                case "organizationId" -> request.organizationId();
                case "correlationId" -> request.correlationId();
                case "crossSystemReference" -> request.crossSystemReference();
                case "requestedBy" -> request.requestedBy();
                case "occurredAt" ->
                    request.occurredAt() == null ? null : request.occurredAt().toString();
                case "payload.type" -> payload.type();
                case "payload.contentType" -> payload.contentType();
                case "payload.filename" -> payload.filename() == null ? UNNAMED : payload.filename();
                case "payload.text" -> decoded();
                default -> request.metadata().get(name.substring(METADATA.length()));
            };
        }

        /// None where the payload is no text in UTF-8.
        private @Nullable String decoded() {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes.array()))
                        .toString();
            } catch (CharacterCodingException _) {
                return null;
            }
        }
    }
}
