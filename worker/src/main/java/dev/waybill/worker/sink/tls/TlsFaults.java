package dev.waybill.worker.sink.tls;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.topology.policy.Outcome.Retryable;
import java.net.SocketTimeoutException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Decides, once for all protocols, what went wrong in securing a connection. Nothing was sent then.
public final class TlsFaults {

    /// What a server may say of a client's certificate.
    private static final List<String> REFUSALS = List.of(
            "bad_certificate",
            "unsupported_certificate",
            "certificate_revoked",
            "certificate_expired",
            "certificate_unknown",
            "unknown_ca");

    private TlsFaults() {}

    /// What the server says of our certificate; null if it says nothing of it. TLS 1.3 tells the client only after the
    /// handshake, as the answer to its first bytes; no request was processed then.
    public static Outcome.@Nullable Failed ofClientCertificate(Exception e) {
        if (isAlert(e, "certificate_required")) {
            return permanent("tls_client_certificate_required", "the receiver asks for a client certificate");
        }
        if (REFUSALS.stream().anyMatch(alert -> isAlert(e, alert))) {
            return permanent(
                    "tls_client_certificate_refused",
                    "the receiver does not accept the client certificate, or the lack of one");
        }
        return null;
    }

    /// The handshake failed.
    public static Outcome.Failed ofHandshake(Exception e) {
        if (e instanceof SocketTimeoutException) {
            return timedOut();
        }
        Outcome.Failed ours = ofClientCertificate(e);
        if (ours != null) {
            return ours;
        }
        if (hasCause(e, CertificateExpiredException.class)) {
            return permanent("tls_expired", "the receiver's certificate has expired");
        }
        if (hasCause(e, CertificateNotYetValidException.class)) {
            return permanent("tls_not_yet_valid", "the receiver's certificate is not valid yet");
        }
        if (mentions(e, "No subject alternative") || mentions(e, "No name matching")) {
            return permanent("tls_name_mismatch", "the receiver's certificate is for another name");
        }
        if (hasCause(e, CertificateException.class)) {
            return permanent("tls_untrusted", "the receiver's certificate is not signed by a trusted authority");
        }
        return retryable(
                ErrorCategory.TLS,
                "tls_failed",
                e instanceof SSLException ? "the TLS handshake failed" : "the connection broke in the TLS handshake");
    }

    public static Outcome.Failed timedOut() {
        return retryable(ErrorCategory.TIMEOUT, "tls_timeout", "the TLS handshake took too long");
    }

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

    private static Outcome.Failed permanent(String code, String message) {
        return new Permanent(Fault.of(ErrorCategory.TLS, code, message));
    }

    private static Outcome.Failed retryable(ErrorCategory category, String code, String message) {
        return new Retryable(Fault.of(category, code, message), null);
    }
}
