package dev.waybill.worker.sink.http;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Outcome.Ambiguous;
import dev.waybill.topology.policy.Outcome.OurFault;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.worker.pool.BackingOffException;
import dev.waybill.worker.sink.egress.DialException;
import dev.waybill.worker.sink.http.h2.UnprocessedException;
import java.net.SocketTimeoutException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import javax.net.ssl.SSLException;

/// Decides, once for all HTTP providers, what a request without an answer means.
///
/// The rule: before the last byte of the request was written nothing can have been processed, because its
/// length was announced; afterwards everything can have been.
final class TransportFaults {

    /// What a server may say of a client's certificate.
    private static final List<String> REFUSALS = List.of(
            "bad_certificate",
            "unsupported_certificate",
            "certificate_revoked",
            "certificate_expired",
            "certificate_unknown",
            "unknown_ca");

    private TransportFaults() {}

    /// The request was ended from outside.
    static Outcome.Failed aborted(Stage stage, InFlight.Abort abort) {
        return switch (abort) {
            case CLOSED ->
                stage == Stage.ANSWERING
                        ? ambiguous(
                                ErrorCategory.CONNECTION_LOST, "closed", "the worker stopped waiting for the answer")
                        : closed();
            case CONNECT_TIMEOUT, TOTAL_TIMEOUT -> timedOut(stage);
        };
    }

    private static Outcome.Failed closed() {
        return new OurFault(Fault.of(ErrorCategory.INTERNAL, "closed", "the worker closed the destination"));
    }

    static Outcome.Failed timedOut(Stage stage) {
        return switch (stage) {
            case LEASING -> noConnectionFree();
            case CONNECTING -> retryable(ErrorCategory.TIMEOUT, "connect_timeout", "not connected in time");
            case SECURING -> retryable(ErrorCategory.TIMEOUT, "tls_timeout", "the TLS handshake took too long");
            case GREETING ->
                retryable(ErrorCategory.TIMEOUT, "http2_timeout", "the receiver did not begin HTTP/2 in time");
            case SENDING -> retryable(ErrorCategory.TIMEOUT, "send_timeout", "the request was not taken in time");
            case ANSWERING -> ambiguous(ErrorCategory.TIMEOUT, "response_timeout", "no complete answer in time");
        };
    }

    static Outcome.Failed noConnectionFree() {
        return new OurFault(
                Fault.of(ErrorCategory.INTERNAL, "connections_exhausted", "all connections to the host are in use"));
    }

    /// Charged like the connections that failed: it is the receiver that takes none.
    static Outcome.Failed backingOff(BackingOffException e) {
        return retryable(ErrorCategory.CONNECT, "connect_backoff", String.valueOf(e.getMessage()));
    }

    static Outcome.Failed noFirstByte() {
        return ambiguous(ErrorCategory.TIMEOUT, "first_byte_timeout", "the answer did not begin in time");
    }

    static Outcome.Failed dial(DialException e) {
        String message = String.valueOf(e.getMessage());
        return switch (e.failure()) {
            case DENIED -> new Permanent(Fault.of(ErrorCategory.EGRESS_DENIED, "egress_denied", message));
            case NAME_NOT_FOUND -> retryable(ErrorCategory.DNS, "dns_failed", message);
            case NAME_TIMEOUT -> retryable(ErrorCategory.DNS, "dns_timeout", message);
            case RESOLVER_BUSY -> new OurFault(Fault.of(ErrorCategory.DNS, "resolver_busy", message));
            case REFUSED -> retryable(ErrorCategory.CONNECT, "connect_refused", message);
            case UNREACHABLE -> retryable(ErrorCategory.CONNECT, "connect_unreachable", message);
            case TIMEOUT -> timedOut(Stage.CONNECTING);
        };
    }

    /// The connection failed while in the stage.
    static Outcome.Failed broken(Stage stage, Exception e) {
        if (isAlert(e, "certificate_required")) {
            return permanentTls("tls_client_certificate_required", "the receiver asks for a client certificate");
        }
        if (REFUSALS.stream().anyMatch(alert -> isAlert(e, alert))) {
            return permanentTls(
                    "tls_client_certificate_refused",
                    "the receiver does not accept the client certificate, or the lack of one");
        }
        return switch (stage) {
            case LEASING -> closed();
            case CONNECTING -> retryable(ErrorCategory.CONNECT, "connect_failed", "the connection failed");
            case SECURING -> handshake(e);
            case GREETING -> greeting(e);
            case SENDING ->
                retryable(
                        ErrorCategory.CONNECT, "connection_reset", "the connection broke before the request was sent");
            case ANSWERING ->
                ambiguous(
                        ErrorCategory.CONNECTION_LOST,
                        "connection_lost",
                        "the connection broke after the request was sent");
        };
    }

    /// The receiver has promised that it did nothing with the request.
    static Outcome.Failed unprocessed(UnprocessedException e) {
        return retryable(ErrorCategory.CONNECT, "request_refused", String.valueOf(e.getMessage()));
    }

    private static Outcome.Failed greeting(Exception e) {
        return e instanceof SocketTimeoutException
                ? timedOut(Stage.GREETING)
                : retryable(ErrorCategory.CONNECT, "http2_failed", "the connection broke before HTTP/2 began");
    }

    /// The receiver answered with something that is not HTTP, or beyond all bounds.
    static Outcome.Failed notHttp() {
        return ambiguous(ErrorCategory.RESPONSE, "invalid_response", "the answer is not valid HTTP");
    }

    private static Outcome.Failed handshake(Exception e) {
        if (e instanceof SocketTimeoutException) {
            return timedOut(Stage.SECURING);
        }
        if (hasCause(e, CertificateExpiredException.class)) {
            return permanentTls("tls_expired", "the receiver's certificate has expired");
        }
        if (hasCause(e, CertificateNotYetValidException.class)) {
            return permanentTls("tls_not_yet_valid", "the receiver's certificate is not valid yet");
        }
        if (mentions(e, "No subject alternative") || mentions(e, "No name matching")) {
            return permanentTls("tls_name_mismatch", "the receiver's certificate is for another name");
        }
        if (hasCause(e, java.security.cert.CertificateException.class)) {
            return permanentTls("tls_untrusted", "the receiver's certificate is not signed by a trusted authority");
        }
        return retryable(
                ErrorCategory.TLS,
                "tls_failed",
                e instanceof SSLException ? "the TLS handshake failed" : "the connection broke in the TLS handshake");
    }

    /// TLS 1.3 tells the client only after the handshake, as the answer to its first bytes. No request was
    /// processed then.
    private static boolean isAlert(Exception e, String alert) {
        return e instanceof SSLException && mentions(e, "Received fatal alert: " + alert);
    }

    private static boolean hasCause(Throwable e, Class<? extends Throwable> type) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (type.isInstance(t)) {
                return true;
            }
        }
        return false;
    }

    private static boolean mentions(Throwable e, String text) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t.getMessage() != null && t.getMessage().contains(text)) {
                return true;
            }
        }
        return false;
    }

    private static Outcome.Failed permanentTls(String code, String message) {
        return new Permanent(Fault.of(ErrorCategory.TLS, code, message));
    }

    private static Outcome.Failed retryable(ErrorCategory category, String code, String message) {
        return new Retryable(Fault.of(category, code, message), null);
    }

    private static Outcome.Failed ambiguous(ErrorCategory category, String code, String message) {
        return new Ambiguous(Fault.of(category, code, message));
    }
}
