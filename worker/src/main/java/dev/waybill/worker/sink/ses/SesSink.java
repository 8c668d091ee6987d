package dev.waybill.worker.sink.ses;

import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Policy;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.aws.AwsCodes;
import dev.waybill.worker.sink.aws.AwsExchange;
import dev.waybill.worker.sink.aws.AwsIdentities;
import dev.waybill.worker.sink.aws.AwsResult;
import dev.waybill.worker.sink.aws.AwsResult.Done;
import dev.waybill.worker.sink.aws.AwsResult.NotAnswered;
import dev.waybill.worker.sink.aws.AwsResult.Refused;
import dev.waybill.worker.sink.email.EmailAddress;
import dev.waybill.worker.sink.email.EmailMessage;
import dev.waybill.worker.sink.email.EmailSettings.Composed;
import dev.waybill.worker.sink.http.HttpCall;
import dev.waybill.worker.sink.http.HttpLine;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.sesv2.SesV2Client;
import software.amazon.awssdk.services.sesv2.model.MessageTag;
import software.amazon.awssdk.services.sesv2.model.SendEmailResponse;

/// Sends messages by `SendEmail`, complete as MIME. SES has no key by which it would know a message again: what was
/// sent and not answered may have left.
final class SesSink implements Sink {

    /// Tag of each message, which SES's events carry. An id of ours has only characters that tags can have.
    private static final String DELIVERY = "waybill-delivery";

    /// How long a tag's value may be.
    private static final int TAG_MAX = 256;

    private final SesSettings settings;
    private final HttpCall.Timeouts timeouts;
    private final HttpLine line;
    private final SesClients clients;
    private final AwsIdentities identities;
    private final InstantSource clock;

    SesSink(
            SesSettings settings,
            Policy policy,
            HttpLine line,
            SesClients clients,
            AwsIdentities identities,
            InstantSource clock) {
        this.settings = settings;
        this.timeouts = HttpCall.Timeouts.of(policy);
        this.line = line;
        this.clients = clients;
        this.identities = identities;
        this.clock = clock;
    }

    @Override
    public AttemptReport deliver(Attempt attempt) throws InterruptedException {
        Instant startedAt = clock.instant();
        AwsExchange exchange = new AwsExchange(line, timeouts, false);
        Outcome outcome = switch (settings.email().compose(attempt, SesSettings.PAYLOAD_MAX)) {
            case Composed.Failed(Outcome.Failed failed) -> failed;
            case Composed.Ready(EmailMessage message) -> send(attempt, message, exchange);
        };
        return new AttemptReport(
                outcome,
                exchange.status(),
                Map.of(),
                null,
                exchange.bytesSent(),
                exchange.remoteAddress(),
                exchange.phases(),
                startedAt);
    }

    private Outcome send(Attempt attempt, EmailMessage message, AwsExchange exchange) throws InterruptedException {
        Bytes mime;
        try {
            mime = MimeMessages.write(
                    message, Date.from(attempt.delivery().request().requestedAt()));
        } catch (MessagingException | IOException e) {
            return permanent("message_invalid", "the message cannot be written as MIME");
        }
        if (mime.size() / 3 * 4 > SesSettings.MESSAGE_MAX) {
            return permanent("message_too_large", "the message is larger than what SES takes");
        }
        return switch (identities.resolve(settings.aws(), exchange)) {
            case AwsIdentities.Resolved.Failed(Outcome.Failed failed) -> failed;
            case AwsIdentities.Resolved.Ready ready ->
                judge(
                        exchange,
                        exchange.call(() -> send(
                                clients.get(settings),
                                ready.provider(),
                                message,
                                mime,
                                attempt.delivery().id())));
        };
    }

    private static Outcome permanent(String code, String message) {
        return new Outcome.Permanent(Fault.of(ErrorCategory.PAYLOAD, code, message));
    }

    private SendEmailResponse send(
            SesV2Client client,
            AwsCredentialsProvider credentials,
            EmailMessage message,
            Bytes mime,
            String deliveryId) {
        return client.sendEmail(request -> request.fromEmailAddress(
                        message.from().address())
                .fromEmailAddressIdentityArn(settings.identityArn())
                .destination(to -> to.toAddresses(plain(message.to()))
                        .ccAddresses(plain(message.cc()))
                        .bccAddresses(plain(message.bcc())))
                .content(content -> content.raw(raw -> raw.data(SdkBytes.fromByteArrayUnsafe(mime.array()))))
                .emailTags(tag(deliveryId))
                .configurationSetName(settings.configurationSet())
                .overrideConfiguration(override -> override.credentialsProvider(credentials)));
    }

    private static MessageTag tag(String deliveryId) {
        return MessageTag.builder()
                .name(DELIVERY)
                .value(deliveryId.length() <= TAG_MAX ? deliveryId : deliveryId.substring(0, TAG_MAX))
                .build();
    }

    private static List<String> plain(List<EmailAddress> addresses) {
        return addresses.stream().map(EmailAddress::address).toList();
    }

    private Outcome judge(AwsExchange exchange, AwsResult<SendEmailResponse> result) {
        return switch (result) {
            case Done<SendEmailResponse> _ -> new Outcome.Delivered();
            case Refused<SendEmailResponse> refused -> {
                Outcome.Failed outcome = SesOutcomes.of(refused);
                if (settings.aws().identity().role() != null && AwsCodes.isEndedSession(refused.code())) {
                    identities.forget(settings.aws());
                    yield new Outcome.Retryable(outcome.fault(), null);
                }
                yield outcome;
            }
            // The status has been read, and counts, whatever became of the body.
            case NotAnswered<SendEmailResponse>(Outcome.Failed outcome) ->
                isAccepted(exchange) ? new Outcome.Delivered() : outcome;
        };
    }

    private static boolean isAccepted(AwsExchange exchange) {
        Integer status = exchange.status();
        return status != null && status >= 200 && status < 300;
    }

    @Override
    public ConnectionReport test() throws InterruptedException {
        return new SesConnectionTest(settings, timeouts, line, clients, identities).run();
    }

    @Override
    public void close() {
        line.close();
    }
}
