package dev.waybill.worker.sink.sftp;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.ConnectionReport.Phase;
import dev.waybill.worker.sink.ConnectionReport.Problem;
import dev.waybill.worker.sink.sftp.Credentials.UnusableKeyException;
import dev.waybill.worker.sink.transfer.Access.NoAccessException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;

/// Decides what it means that a server was connected to and did not let us in. Nothing was sent then.
final class LoginFaults {

    private LoginFaults() {}

    /// Our own key cannot be used.
    static NoAccessException unusableKey(UnusableKeyException e) {
        Fault fault = fault(ErrorCategory.AUTHENTICATION, "unusable_key", String.valueOf(e.getMessage()));
        return new NoAccessException(
                new Permanent(fault),
                "authenticate",
                Phase.AUTHENTICATE,
                problem(ConnectionError.AUTH_FAILED, fault, "Put the key as ssh-keygen writes it, and its passphrase."),
                e);
    }

    /// Connected, and not let in.
    static NoAccessException refused(IOException e, ServerCheck check) {
        if (check.isMismatch() || check.hasNoSuchKey()) {
            return otherKey(e, check);
        }
        if (hasCause(e, TimeoutException.class)) {
            String step = check.isAccepted() ? "authenticate" : "host key";
            return new NoAccessException(
                    new Retryable(fault(ErrorCategory.TIMEOUT, "login_timeout", "the login took too long"), null),
                    step,
                    check.isAccepted() ? Phase.AUTHENTICATE : Phase.TLS,
                    problem(
                            ConnectionError.TIMEOUT,
                            fault(ErrorCategory.TIMEOUT, "login_timeout", "the login took too long"),
                            ConnectionError.TIMEOUT.hint()),
                    e);
        }
        int code = disconnectCode(e);
        if (code == SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE
                || code == SshConstants.SSH2_DISCONNECT_AUTH_CANCELLED_BY_USER
                || code == SshConstants.SSH2_DISCONNECT_ILLEGAL_USER_NAME) {
            Fault fault = fault(ErrorCategory.AUTHENTICATION, "login_failed", "the server does not accept the login");
            return new NoAccessException(
                    new Permanent(fault),
                    "authenticate",
                    Phase.AUTHENTICATE,
                    problem(ConnectionError.AUTH_FAILED, fault, ConnectionError.AUTH_FAILED.hint()),
                    e);
        }
        if (code == SshConstants.SSH2_DISCONNECT_KEY_EXCHANGE_FAILED && mentions(e, "negotiate")) {
            Fault fault = fault(
                    ErrorCategory.CONFIGURATION,
                    "no_common_algorithm",
                    "the server and we have no algorithm in common");
            return new NoAccessException(
                    new Permanent(fault),
                    "host key",
                    Phase.TLS,
                    problem(ConnectionError.PROTOCOL_ERROR, fault, "The server has only algorithms that are broken."),
                    e);
        }
        if (code == SshConstants.SSH2_DISCONNECT_TOO_MANY_CONNECTIONS) {
            return new NoAccessException(
                    new Outcome.Throttled(
                            fault(
                                    ErrorCategory.THROTTLED,
                                    "too_many_connections",
                                    "the server has too many connections"),
                            null),
                    "authenticate",
                    Phase.AUTHENTICATE,
                    e);
        }
        return new NoAccessException(
                new Retryable(
                        fault(
                                ErrorCategory.CONNECT,
                                "connection_lost",
                                "the connection broke before the login was done"),
                        null),
                check.isAccepted() ? "authenticate" : "host key",
                check.isAccepted() ? Phase.AUTHENTICATE : Phase.TLS,
                e);
    }

    private static NoAccessException otherKey(IOException e, ServerCheck check) {
        String seen =
                check.isMismatch() ? "the server has the key " + check.seen() : "the server has no key of that type";
        Fault fault = fault(ErrorCategory.CONFIGURATION, "host_key_mismatch", seen + ", which host.keys does not list");
        return new NoAccessException(
                new Permanent(fault),
                "host key",
                Phase.TLS,
                problem(ConnectionError.HOST_KEY_MISMATCH, fault, ConnectionError.HOST_KEY_MISMATCH.hint()),
                e);
    }

    static Outcome.Failed noChannel() {
        return new Retryable(fault(ErrorCategory.RESPONSE, "no_channel", "the server opens no channel"), null);
    }

    static Outcome.Failed noSubsystem() {
        return new Retryable(
                fault(ErrorCategory.RESPONSE, "no_subsystem", "the server lets the login in, and offers no SFTP"),
                null);
    }

    private static Fault fault(ErrorCategory category, String code, String message) {
        return Fault.of(category, "sftp_" + code, message);
    }

    private static Problem problem(ConnectionError error, Fault fault, String hint) {
        return new Problem(error, String.valueOf(fault.message()), hint, null, false);
    }

    private static int disconnectCode(Throwable e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof SshException ssh && ssh.getDisconnectCode() > 0) {
                return ssh.getDisconnectCode();
            }
        }
        return 0;
    }

    static boolean hasCause(Throwable e, Class<? extends Throwable> type) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (type.isInstance(t)) {
                return true;
            }
        }
        return false;
    }

    static boolean mentions(Throwable e, String text) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (String.valueOf(t.getMessage()).contains(text)) {
                return true;
            }
        }
        return false;
    }
}
