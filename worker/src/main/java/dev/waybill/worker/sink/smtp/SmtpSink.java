package dev.waybill.worker.sink.smtp;

import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Policy;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.ConnectionReport.Phase;
import dev.waybill.worker.sink.ConnectionSteps;
import dev.waybill.worker.sink.Failures;
import dev.waybill.worker.sink.SecretNotAllowedException;
import dev.waybill.worker.sink.SecretUnavailableException;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.email.EmailAddress;
import dev.waybill.worker.sink.email.EmailMessage;
import dev.waybill.worker.sink.email.EmailSettings.Composed;
import dev.waybill.worker.sink.http.HttpCall;
import dev.waybill.worker.sink.http.HttpLine;
import dev.waybill.worker.sink.oauth.AccessToken;
import dev.waybill.worker.sink.oauth.AccessTokens;
import dev.waybill.worker.sink.oauth.AccessTokens.Asked;
import dev.waybill.worker.sink.oauth.OAuthSettings;
import dev.waybill.worker.sink.oauth.TokenRequest;
import dev.waybill.worker.sink.smtp.SmtpSettings.Account;
import dev.waybill.worker.sink.tls.Tls;
import dev.waybill.worker.sink.tls.TlsIdentity;
import jakarta.mail.MessagingException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// Sends messages to one mail server.
final class SmtpSink implements Sink {

    private final SmtpSettings settings;
    private final SmtpExchange.Rules rules;
    private final SmtpLine line;
    private final HttpLine tokenLine;
    private final Secrets secrets;
    private final InstantSource clock;
    private final Tls anonymous;
    /// The last one that was used: making one takes milliseconds.
    private volatile Tls tls;

    SmtpSink(
            SmtpSettings settings,
            Policy policy,
            SmtpLine line,
            Tls anonymous,
            AccessTokens tokens,
            HttpLine tokenLine,
            Secrets secrets,
            InstantSource clock) {
        this.settings = settings;
        this.rules = new SmtpExchange.Rules(
                SmtpTimeouts.of(policy),
                new SmtpOutcomes(policy.permanentCodes(), policy.retryableCodes()),
                settings.onRefused(),
                settings.perConnection(),
                new TokensByHttp(tokens, tokenLine, HttpCall.Timeouts.of(policy)));
        this.line = line;
        this.tokenLine = tokenLine;
        this.secrets = secrets;
        this.clock = clock;
        this.anonymous = anonymous;
        this.tls = anonymous;
    }

    /// Access tokens, asked for by what closes with this sink.
    private record TokensByHttp(AccessTokens kept, HttpLine line, HttpCall.Timeouts timeouts)
            implements Authentication.Tokens {

        @Override
        public Asked get(TokenRequest request) throws InterruptedException {
            return kept.get(request, line, timeouts);
        }

        @Override
        public void reject(TokenRequest request, AccessToken token) {
            kept.reject(request, token);
        }
    }

    @Override
    public AttemptReport deliver(Attempt attempt) throws InterruptedException {
        return switch (settings.email().compose(attempt, SmtpSettings.PAYLOAD_MAX)) {
            case Composed.Failed(Outcome.Failed outcome) -> notSent(outcome);
            case Composed.Ready(EmailMessage message) ->
                send(message, attempt.delivery().queuedAt());
        };
    }

    private AttemptReport send(EmailMessage message, Instant date) throws InterruptedException {
        Instant startedAt = clock.instant();
        SmtpRoute route;
        OutgoingMessage outgoing;
        try {
            route = route();
            outgoing = MimeRenderer.render(message, MailAddress.of(sender()), date);
        } catch (SecretNotAllowedException e) {
            return notSent(Failures.of(e));
        } catch (SecretUnavailableException e) {
            return notSent(Failures.of(e));
        } catch (IllegalArgumentException e) {
            return notSent(new Outcome.Permanent(
                    Fault.of(ErrorCategory.CONFIGURATION, "secret_invalid", String.valueOf(e.getMessage()))));
        } catch (MessagingException e) {
            // Without its message, which may quote the payload.
            return notSent(new Outcome.Permanent(Fault.of(
                    ErrorCategory.PAYLOAD, "message_invalid", e.getClass().getSimpleName())));
        }
        return report(line.send(route, outgoing, rules), route, startedAt);
    }

    private EmailAddress sender() {
        return settings.envelopeFrom() == null ? settings.email().from() : settings.envelopeFrom();
    }

    private static AttemptReport report(Sent sent, SmtpRoute route, Instant startedAt) {
        Reply reply = sent.reply();
        return new AttemptReport(
                sent.outcome(),
                reply == null ? responseCode(sent.outcome()) : Integer.valueOf(reply.code()),
                sent.facts(),
                reply == null ? null : reply.excerpt(route.login().secrets()),
                sent.bytesSent(),
                sent.remoteAddress(),
                sent.phases(),
                startedAt);
    }

    private static @Nullable Integer responseCode(Outcome outcome) {
        return outcome instanceof Outcome.Failed failed ? failed.fault().responseCode() : null;
    }

    private AttemptReport notSent(Outcome outcome) {
        return AttemptReport.of(outcome, clock.instant(), Duration.ZERO);
    }

    /// The way to the server, with the secrets of now.
    private SmtpRoute route() {
        TlsIdentity identity =
                settings.certificate() == null ? null : settings.certificate().identity(secrets);
        return new SmtpRoute(
                settings.host(),
                settings.port(),
                settings.security(),
                settings.tlsName(),
                settings.ehloName(),
                identity == null ? anonymous : tls(identity),
                login());
    }

    private Tls tls(TlsIdentity identity) {
        Tls last = tls;
        if (!identity.equals(last.identity())) {
            last = new Tls(anonymous.trust(), identity);
            tls = last;
        }
        return last;
    }

    private Login login() {
        return switch (settings.account()) {
            case null -> new Login.Anonymous();
            case Account.WithPassword(Login.Password.Mechanism mechanism, String username, String reference) ->
                new Login.Password(mechanism, username, secret(reference));
            case Account.WithTokens(String username, OAuthSettings tokens) -> {
                TokenRequest request = tokens.request(secrets);
                request.secrets().forEach(SmtpSink::requireText);
                yield new Login.Bearer(username, request);
            }
        };
    }

    private String secret(String reference) {
        String secret = secrets.resolve(settings.organizationId(), reference).strip();
        requireText(secret);
        return secret;
    }

    private static void requireText(String secret) {
        if (secret.isEmpty() || secret.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a secret of the account is not one line of text");
        }
    }

    @Override
    public ConnectionReport test() throws InterruptedException {
        SmtpRoute route;
        try {
            route = route();
        } catch (SecretNotAllowedException | SecretUnavailableException e) {
            return credentials(ConnectionError.SECRET_UNAVAILABLE, e);
        } catch (IllegalArgumentException e) {
            return credentials(ConnectionError.AUTH_FAILED, e);
        }
        List<EmailAddress> recipients = settings.email().recipients();
        SmtpProbe probe = new SmtpProbe(line.connector(), route, rules, MailAddress.of(sender()), recipients);
        FutureTask<ConnectionReport> task =
                new FutureTask<>(() -> line.within(rules.timeouts().total(), probe::run));
        Thread thread = Thread.ofVirtual().name("waybill-connection-test").start(task);
        try {
            return task.get();
        } catch (InterruptedException e) {
            thread.interrupt();
            throw e;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the connection test failed", e.getCause());
        }
    }

    private static ConnectionReport credentials(ConnectionError error, RuntimeException e) {
        return new ConnectionSteps().failed("credentials", Phase.AUTHENTICATE, error, String.valueOf(e.getMessage()));
    }

    @Override
    public void close() {
        line.close();
        tokenLine.close();
    }
}
