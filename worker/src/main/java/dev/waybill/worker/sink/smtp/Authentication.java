package dev.waybill.worker.sink.smtp;

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

    /// Null if the server takes us for who we are.
    @Nullable
    Refusal authenticate(SmtpConnection connection, Login login, SmtpTimeouts timeouts, SmtpOutcomes outcomes)
            throws IOException, InterruptedException {
        return switch (login) {
            case Login.Anonymous _ -> null;
            case Password password -> password(connection, password, timeouts, outcomes);
        };
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
