package dev.waybill.worker.sink;

import dev.waybill.topology.policy.Fault;
import java.util.Locale;

/// What can stand in the way of deliveries: the codes of a connection test, the same for all providers. They are API.
public enum ConnectionError {
    UNSUPPORTED_PROVIDER("Ask a worker that has this provider, or choose one of GET /v1/providers."),
    INVALID_SETTINGS("Correct the settings."),
    SECRET_UNAVAILABLE("Put the secret where the reference says, with `waybill secret put`."),
    EGRESS_DENIED("Use a public address, or have the operator add the host to egress.allow of the worker."),
    DNS_FAILED("Check the host name; it must resolve where the worker runs."),
    CONNECT_REFUSED("Nothing listens on this port; check port and firewall of the receiver."),
    CONNECT_FAILED("No way to the host: check address, routing and the receiver's firewall."),
    TIMEOUT("The receiver did not answer in time; check that it is up, or raise the timeouts of the policy."),
    TLS_UNTRUSTED("Install the whole certificate chain at the receiver, or set tls.ca to its private authority."),
    TLS_EXPIRED("Renew the receiver's certificate."),
    TLS_NOT_YET_VALID("Check the receiver's certificate and the clocks on both sides."),
    TLS_NAME_MISMATCH("Use the host name that the certificate is for."),
    TLS_CLIENT_CERTIFICATE("Give the certificate and key of a client that the receiver trusts."),
    TLS_FAILED("Check that the port speaks TLS 1.2 or 1.3."),
    AUTH_FAILED("The receiver does not accept the credentials; put the right ones."),
    PERMISSION_DENIED("The credentials are right, but may not do this; have the receiver allow it."),
    NOT_FOUND("What the settings name is not there; check the name, or create it."),
    RATE_LIMITED("The receiver asks for less; try again later, or lower the rate limit of the policy."),
    QUOTA_EXCEEDED("The account's quota is used up; wait until it is renewed, or raise it."),
    ACCOUNT_DISABLED("The receiver has suspended or not yet released the account; ask its support."),
    HOST_KEY_MISMATCH("The server has another key than before: ask its operator, and only then change the settings."),
    PROTOCOL_ERROR("Check that the port speaks the protocol of the provider."),
    NO_SPACE("The receiver has no room left."),
    UNAVAILABLE("The receiver has trouble of its own; try again later."),
    REJECTED("The receiver does not take it; what it says is in the message."),
    INTERNAL("An error of the worker; its log has the details.");

    private final String hint;

    ConnectionError(String hint) {
        this.hint = hint;
    }

    /// As in answers.
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// What to do, where nothing better is known.
    public String hint() {
        return hint;
    }

    /// The error that a failed attempt stands for.
    public static ConnectionError of(Fault fault) {
        for (ConnectionError error : values()) {
            if (error.wireName().equals(fault.code())) {
                return error;
            }
        }
        return switch (fault.code()) {
            case "tls_client_certificate_required", "tls_client_certificate_refused" -> TLS_CLIENT_CERTIFICATE;
            case "tls_timeout", "connect_timeout" -> TIMEOUT;
            case "invalid_response", "http2_failed" -> PROTOCOL_ERROR;
            default -> ofCategory(fault);
        };
    }

    private static ConnectionError ofCategory(Fault fault) {
        return switch (fault.category()) {
            case DNS -> DNS_FAILED;
            case CONNECT, CONNECTION_LOST -> CONNECT_FAILED;
            case TLS -> TLS_FAILED;
            case TIMEOUT -> TIMEOUT;
            case RESPONSE -> UNAVAILABLE;
            case THROTTLED -> RATE_LIMITED;
            case AUTHENTICATION -> AUTH_FAILED;
            case ACCOUNT -> ACCOUNT_DISABLED;
            case CONFIGURATION -> INVALID_SETTINGS;
            case EGRESS_DENIED -> EGRESS_DENIED;
            case PAYLOAD -> REJECTED;
            case CAPACITY -> NO_SPACE;
            case INTERNAL -> INTERNAL;
        };
    }
}
