package dev.waybill.worker.sink.smtp;

import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.oauth.AccessToken;
import dev.waybill.worker.sink.oauth.AccessTokens.Asked;
import dev.waybill.worker.sink.oauth.TokenRequest;
import dev.waybill.worker.sink.smtp.Login.Bearer;
import dev.waybill.worker.sink.smtp.Login.Password;
import dev.waybill.worker.sink.smtp.Login.Password.Mechanism;
import dev.waybill.worker.sink.smtp.SmtpConnection.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Says who we are (RFC 4954).
final class Authentication {

    private static final int ACCEPTED = 235;
    private static final int GO_ON = 334;

    private Authentication() {}

    /// Where access tokens come from.
    interface Tokens {

        /// One that is good for now.
        Asked get(TokenRequest request) throws InterruptedException;

        /// The server did not take it.
        void reject(TokenRequest request, AccessToken token);
    }

    /// Null if the server takes us for who we are.
    static @Nullable Refusal authenticate(
            SmtpConnection connection, Login login, Tokens tokens, SmtpTimeouts timeouts, SmtpOutcomes outcomes)
            throws IOException, InterruptedException {
        return switch (login) {
            case Login.Anonymous _ -> null;
            case Password password -> password(connection, password, timeouts, outcomes);
            case Bearer bearer -> bearer(connection, bearer, tokens, timeouts, outcomes);
        };
    }

    /// With the token that is kept, and once more with another one if the server does not take that: it may
    /// have been revoked.
    private static @Nullable Refusal bearer(
            SmtpConnection connection, Bearer login, Tokens tokens, SmtpTimeouts timeouts, SmtpOutcomes outcomes)
            throws IOException, InterruptedException {
        if (!connection.extensions().mechanisms().contains("XOAUTH2")) {
            return new Refusal(
                    Step.AUTH,
                    null,
                    SmtpFaults.noMechanism(connection.extensions().mechanismsInOrder()));
        }
        while (true) {
            AccessToken token;
            switch (tokens.get(login.tokens())) {
                case Asked.Refused(Outcome.Failed outcome) -> {
                    return new Refusal(Step.AUTH, null, outcome);
                }
                case Asked.Granted(AccessToken granted) -> token = granted;
            }
            Reply reply = connection.ask(
                    "AUTH XOAUTH2 " + base64("user=" + login.username() + "\1auth=Bearer " + token.value() + "\1\1"),
                    timeouts.reply());
            if (reply.code() == GO_ON) {
                // Why it is refused; only after an empty line does the server say that it is.
                reply = connection.ask("", timeouts.reply());
            }
            if (reply.code() == ACCEPTED) {
                return null;
            }
            if (reply.isTransient() || token.isNew()) {
                return SmtpConnector.refused(Step.AUTH, reply, outcomes);
            }
            tokens.reject(login.tokens(), token);
        }
    }

    private static @Nullable Refusal password(
            SmtpConnection connection, Password login, SmtpTimeouts timeouts, SmtpOutcomes outcomes)
            throws IOException {
        Set<String> offered = connection.extensions().mechanisms();
        boolean plain = login.mechanism() != Mechanism.LOGIN && offered.contains("PLAIN");
        boolean ask = login.mechanism() != Mechanism.PLAIN && offered.contains("LOGIN");
        if (!plain && !ask) {
            return new Refusal(
                    Step.AUTH,
                    null,
                    SmtpFaults.noMechanism(connection.extensions().mechanismsInOrder()));
        }
        Reply reply = plain ? plain(connection, login, timeouts) : inTwo(connection, login, timeouts);
        return reply.code() == ACCEPTED ? null : SmtpConnector.refused(Step.AUTH, reply, outcomes);
    }

    /// RFC 4616.
    private static Reply plain(SmtpConnection connection, Password login, SmtpTimeouts timeouts) throws IOException {
        return connection.ask(
                "AUTH PLAIN " + base64("\0" + login.username() + "\0" + login.password()), timeouts.reply());
    }

    /// `LOGIN`, which asks for name and password one after the other.
    private static Reply inTwo(SmtpConnection connection, Password login, SmtpTimeouts timeouts) throws IOException {
        Reply name = connection.ask("AUTH LOGIN", timeouts.reply());
        if (name.code() != GO_ON) {
            return name;
        }
        Reply password = connection.ask(base64(login.username()), timeouts.reply());
        return password.code() != GO_ON ? password : connection.ask(base64(login.password()), timeouts.reply());
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
