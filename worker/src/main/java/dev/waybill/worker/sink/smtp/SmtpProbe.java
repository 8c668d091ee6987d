package dev.waybill.worker.sink.smtp;

import dev.waybill.topology.model.AttemptReport.Phases;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.ConnectionReport.Phase;
import dev.waybill.worker.sink.ConnectionReport.Problem;
import dev.waybill.worker.sink.ConnectionSteps;
import dev.waybill.worker.sink.egress.DialException;
import dev.waybill.worker.sink.egress.DialFaults;
import dev.waybill.worker.sink.email.EmailAddress;
import dev.waybill.worker.sink.inflight.InFlight;
import dev.waybill.worker.sink.smtp.SmtpConnection.Refusal;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// A connection test: all of the way to the point where a message would be sent, on a connection of its
/// own, and no message. Sender and recipients are named and then taken back.
final class SmtpProbe {

    private final SmtpConnector connector;
    private final SmtpRoute route;
    private final SmtpExchange.Rules rules;
    private final MailAddress sender;
    private final List<EmailAddress> recipients;
    private final ConnectionSteps steps = new ConnectionSteps();

    SmtpProbe(
            SmtpConnector connector,
            SmtpRoute route,
            SmtpExchange.Rules rules,
            MailAddress sender,
            List<EmailAddress> recipients) {
        this.connector = connector;
        this.route = route;
        this.rules = rules;
        this.sender = sender;
        this.recipients = List.copyOf(recipients);
    }

    ConnectionReport run(InFlight inFlight) throws InterruptedException {
        Progress progress = new Progress(inFlight);
        steps.detail("host", route.host())
                .detail("port", Integer.toString(route.port()))
                .detail("security", route.security().wireName());
        SmtpConnection connection = null;
        try {
            connection = connector.connect(route, progress, rules);
            describe(connection, progress);
            return judge(connection, progress);
        } catch (InterruptedException e) {
            return failed(progress, connection, interrupted(progress));
        } catch (DialException e) {
            return failed(progress, connection, DialFaults.of(e));
        } catch (IOException e) {
            return failed(
                    progress,
                    connection,
                    progress.isInterrupted() ? interrupted(progress) : SmtpFaults.broken(progress.stage, e));
        } finally {
            if (connection != null) {
                connection.discard();
            }
        }
    }

    private static Outcome.Failed interrupted(Progress progress) throws InterruptedException {
        InFlight.Abort reason = progress.inFlight.reason();
        if (reason == null) {
            throw new InterruptedException();
        }
        return SmtpFaults.aborted(progress.stage, reason);
    }

    private ConnectionReport judge(SmtpConnection connection, Progress progress) throws IOException {
        Refusal refusal = connection.refusal();
        if (refusal != null) {
            String step = step(refusal.step());
            passedBefore(step);
            return refused(step, refusal);
        }
        passedBefore("noop");
        progress.stage = Stage.ADDRESSING;
        Reply noop = connection.ask("NOOP", rules.timeouts().reply());
        if (!noop.isPositive()) {
            return refused("noop", SmtpConnector.refused(Step.NOOP, noop, rules.outcomes()));
        }
        steps.passed("noop", Phase.PROBE);
        ConnectionReport refused = address(connection);
        if (refused != null) {
            return refused;
        }
        Reply reset = connection.ask("RSET", rules.timeouts().reply());
        steps.status(reset.code());
        connection.pause();
        return steps.succeeded();
    }

    /// Whether sender and recipients would be taken; null if they would.
    private @Nullable ConnectionReport address(SmtpConnection connection) throws IOException {
        List<MailAddress> all =
                recipients.stream().map(MailAddress::of).distinct().toList();
        boolean unicode = sender.isUnicode() || all.stream().anyMatch(MailAddress::isUnicode);
        if (unicode && !connection.extensions().has("SMTPUTF8")) {
            return refused("sender", new Refusal(Step.MAIL, null, SmtpFaults.noUnicodeAddresses()));
        }
        String parameters = unicode ? " BODY=8BITMIME SMTPUTF8" : "";
        Reply from = connection.ask(
                "MAIL FROM:<" + sender.address() + ">" + parameters,
                rules.timeouts().reply());
        if (!from.isPositive()) {
            return refused("sender", SmtpConnector.refused(Step.MAIL, from, rules.outcomes()));
        }
        steps.passed("sender", Phase.PROBE);
        List<Reply> replies = new ArrayList<>();
        for (MailAddress one : all) {
            replies.add(connection.ask(
                    "RCPT TO:<" + one.address() + ">", rules.timeouts().reply()));
        }
        Envelope envelope = Envelope.of(replies);
        Reply obstacle = envelope.obstacle(rules.onRefused(), rules.outcomes());
        if (obstacle != null) {
            return refused("recipients", SmtpConnector.refused(Step.RCPT, obstacle, rules.outcomes()));
        }
        steps.passed("recipients", Phase.PROBE, envelope.accepted() + " of " + all.size() + " accepted");
        return null;
    }

    private void describe(SmtpConnection connection, Progress progress) {
        tell(progress);
        Extensions server = connection.extensions();
        steps.detail("sizeLimit", server.size() > 0 ? Long.toString(server.size()) : null)
                .detail("authMechanisms", server.mechanisms().isEmpty() ? null : server.mechanismsInOrder());
        SSLSession session = connection.session();
        if (session == null) {
            return;
        }
        steps.detail("tlsVersion", session.getProtocol());
        try {
            if (session.getPeerCertificates()[0] instanceof X509Certificate certificate) {
                steps.detail(
                        "certificateExpires",
                        certificate.getNotAfter().toInstant().toString());
            }
        } catch (SSLPeerUnverifiedException e) {
            // No certificate, no expiry.
        }
    }

    private void tell(Progress progress) {
        Phases phases = progress.clock.phases();
        steps.took(Phase.DNS, phases.dns())
                .took(Phase.CONNECT, phases.connect())
                .took(Phase.TLS, phases.tls())
                .took(Phase.AUTHENTICATE, progress.authentication)
                .detail("remoteAddress", progress.remoteAddress);
    }

    private List<String> order() {
        List<String> order = new ArrayList<>(List.of("resolve", "connect"));
        if (route.security() == Security.TLS) {
            order.add("tls");
        }
        order.addAll(List.of("greeting", "ehlo"));
        if (route.security() == Security.STARTTLS) {
            order.add("starttls");
        }
        if (!(route.login() instanceof Login.Anonymous)) {
            order.add("authenticate");
        }
        return order;
    }

    private void passedBefore(String failed) {
        for (String step : order()) {
            if (step.equals(failed)) {
                return;
            }
            steps.passed(step, null);
        }
    }

    private static String step(Step step) {
        return switch (step) {
            case CONNECTION -> "greeting";
            case HELLO -> "ehlo";
            case STARTTLS -> "starttls";
            case AUTH -> "authenticate";
            case MAIL -> "sender";
            case RCPT -> "recipients";
            case DATA, MESSAGE, NOOP -> "noop";
        };
    }

    private ConnectionReport refused(String step, Refusal refusal) {
        Reply reply = refusal.reply();
        Fault fault = refusal.outcome().fault();
        ConnectionError error = reply == null ? error(fault) : SmtpOutcomes.error(refusal.step(), reply);
        String message = String.valueOf(fault.message());
        if (reply != null) {
            steps.status(reply.code());
            // What a server says of credentials may hold some of them.
            message += refusal.step() == Step.AUTH
                    ? ""
                    : ": " + reply.excerpt(route.login().secrets());
        }
        return steps.failed(
                step,
                null,
                new Problem(
                        error,
                        message,
                        hint(refusal.step(), error, fault),
                        reply == null ? null : reply.codes(),
                        refusal.outcome() instanceof Outcome.OurFault));
    }

    private ConnectionReport failed(Progress progress, @Nullable SmtpConnection connection, Outcome.Failed outcome) {
        Fault fault = outcome.fault();
        String step = failedStep(progress.stage, fault);
        if (connection == null) {
            tell(progress);
            passedBefore(step);
        }
        ConnectionError error = error(fault);
        return steps.failed(
                step,
                null,
                new Problem(
                        error,
                        fault.message() == null ? fault.code() : fault.message(),
                        hint(null, error, fault),
                        null,
                        outcome instanceof Outcome.OurFault));
    }

    private String failedStep(Stage stage, Fault fault) {
        if (fault.category() == ErrorCategory.TLS || fault.code().startsWith("tls_")) {
            return route.security() == Security.TLS ? "tls" : "starttls";
        }
        return switch (stage) {
            case LEASING, CONNECTING ->
                switch (fault.category()) {
                    case DNS, EGRESS_DENIED -> "resolve";
                    default -> "connect";
                };
            case SECURING -> route.security() == Security.TLS ? "tls" : "starttls";
            case GREETING -> "greeting";
            case INTRODUCING -> "ehlo";
            case AUTHENTICATING -> "authenticate";
            case ADDRESSING, SENDING, ANSWERING -> "noop";
        };
    }

    private static ConnectionError error(Fault fault) {
        return switch (fault.code()) {
            case "starttls_not_offered", "starttls_injected" -> ConnectionError.TLS_FAILED;
            case "auth_not_offered" -> ConnectionError.AUTH_FAILED;
            case "smtputf8_not_offered" -> ConnectionError.REJECTED;
            default -> ConnectionError.of(fault);
        };
    }

    private static String hint(@Nullable Step step, ConnectionError error, Fault fault) {
        return switch (fault.code()) {
            case "starttls_not_offered" ->
                "Use the port for submission, 587, or security tls with 465; security none sends in the clear.";
            case "auth_not_offered" ->
                "Set auth to what authMechanisms of the details says; a server may offer none on port 25.";
            case "smtputf8_not_offered" -> "Use addresses in ASCII, or a server with SMTPUTF8.";
            case "tls_failed", "tls_timeout" ->
                "Check that port and security belong together: 465 with tls, 587 with starttls.";
            case "greeting_timeout", "invalid_response" ->
                "Check that the port speaks SMTP, and that security is starttls or tls as the port wants it.";
            default ->
                step == Step.MAIL && error == ConnectionError.PERMISSION_DENIED
                        ? "Use a from or envelope.from that this account may send as."
                        : step == Step.RCPT && error == ConnectionError.NOT_FOUND
                                ? "Check to, cc and bcc; recipients.refused=skip leaves out who is refused."
                                : error.hint();
        };
    }
}
