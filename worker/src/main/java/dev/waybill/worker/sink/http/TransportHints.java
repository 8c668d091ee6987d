package dev.waybill.worker.sink.http;

/// What to do about a failure of the transport, by its code.
final class TransportHints {

    private TransportHints() {}

    static String of(String code) {
        return switch (code) {
            case "egress_denied" ->
                "Use a public address, or have the operator add the host to egress.allow of the worker.";
            case "dns_failed" -> "Check the host name; it must resolve where the worker runs.";
            case "dns_timeout" -> "The name server of the host's domain does not answer; try again later.";
            case "connect_refused" -> "Nothing listens on this port; check port and firewall of the receiver.";
            case "connect_timeout", "connect_unreachable" ->
                "No way to the host: check address, routing and the receiver's firewall.";
            case "tls_untrusted" ->
                "Install the whole certificate chain at the receiver, or set tls.ca to its private authority.";
            case "tls_expired" -> "Renew the receiver's certificate.";
            case "tls_not_yet_valid" -> "Check the receiver's certificate and the clocks on both sides.";
            case "tls_name_mismatch" -> "Use the host name that the certificate is for.";
            case "tls_client_certificate_required" ->
                "Set tls.cert and tls.key to a certificate that the receiver knows.";
            case "tls_client_certificate_refused" ->
                "Set tls.cert and tls.key to a certificate that the receiver trusts and that has not expired, with all"
                        + " certificates between it and the authority.";
            case "tls_failed", "tls_timeout" ->
                "Check that the port speaks TLS 1.2 or 1.3; use http:// if it does not speak TLS at all.";
            case "http2_failed", "http2_timeout" ->
                "The receiver agreed to HTTP/2 and then said nothing: it may not accept the client certificate, or its HTTP/2"
                        + " may not work (set http.version to 1.1).";
            case "request_refused" -> "The receiver takes no more requests now; a lower concurrency may help.";
            case "invalid_response" -> "Check that the port speaks HTTP.";
            default -> "The receiver took the connection but did not answer; try again later.";
        };
    }
}
