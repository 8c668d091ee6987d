package dev.waybill.worker.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.policy.Outcome.Ambiguous;
import dev.waybill.topology.policy.Outcome.Failed;
import dev.waybill.topology.policy.Outcome.OurFault;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.worker.sink.egress.DialException;
import dev.waybill.worker.sink.egress.DialFaults;
import dev.waybill.worker.sink.inflight.InFlight.Abort;
import java.io.IOException;
import java.net.SocketException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Map;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TransportFaultsTest {

    private static void assertFailed(Failed outcome, Class<? extends Failed> type, String code) {
        assertThat(outcome).isInstanceOf(type);
        assertThat(outcome.fault().code()).isEqualTo(code);
    }

    private static Failed handshake(@Nullable Throwable cause) {
        return TransportFaults.broken(Stage.SECURING, (Exception) new SSLHandshakeException("failed").initCause(cause));
    }

    /// The one rule that everything rests on.
    @ParameterizedTest
    @EnumSource(Stage.class)
    void only_after_the_whole_request_was_written_it_may_have_been_processed(Stage stage) {
        boolean written = stage == Stage.ANSWERING;

        assertThat(TransportFaults.broken(stage, new SocketException("reset")) instanceof Ambiguous)
                .isEqualTo(written);
        assertThat(TransportFaults.timedOut(stage) instanceof Ambiguous).isEqualTo(written);
        for (Abort abort : Abort.values()) {
            assertThat(TransportFaults.aborted(stage, abort) instanceof Ambiguous)
                    .isEqualTo(written);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "LEASING, connections_exhausted",
        "CONNECTING, connect_timeout",
        "SECURING, tls_timeout",
        "SENDING, send_timeout",
        "ANSWERING, response_timeout"
    })
    void a_timeout_names_its_stage(Stage stage, String code) {
        assertThat(TransportFaults.timedOut(stage).fault().code()).isEqualTo(code);
    }

    @Test
    void what_is_our_own_shortage_charges_nobody() {
        assertThat(DialFaults.noConnectionFree()).isInstanceOf(OurFault.class);
        assertThat(TransportFaults.aborted(Stage.SENDING, Abort.CLOSED)).isInstanceOf(OurFault.class);
        assertThat(DialFaults.of(new DialException(DialException.Failure.RESOLVER_BUSY, "busy", null)))
                .isInstanceOf(OurFault.class);
    }

    @Test
    void a_failed_dial_keeps_its_reason() {
        Map.of(
                        DialException.Failure.NAME_NOT_FOUND, "dns_failed",
                        DialException.Failure.NAME_TIMEOUT, "dns_timeout",
                        DialException.Failure.REFUSED, "connect_refused",
                        DialException.Failure.UNREACHABLE, "connect_unreachable",
                        DialException.Failure.TIMEOUT, "connect_timeout")
                .forEach((failure, code) ->
                        assertFailed(DialFaults.of(new DialException(failure, "no way", null)), Retryable.class, code));
        assertFailed(
                DialFaults.of(new DialException(DialException.Failure.DENIED, "no", null)),
                Permanent.class,
                "egress_denied");
    }

    @Test
    void a_certificate_that_cannot_be_trusted_is_not_tried_again() {
        assertFailed(handshake(new CertificateExpiredException()), Permanent.class, "tls_expired");
        assertFailed(handshake(new CertificateNotYetValidException()), Permanent.class, "tls_not_yet_valid");
        assertFailed(handshake(new CertificateException("chain")), Permanent.class, "tls_untrusted");
        assertFailed(
                handshake(new CertificateException("No subject alternative DNS name matching x found.")),
                Permanent.class,
                "tls_name_mismatch");
        assertFailed(handshake(null), Retryable.class, "tls_failed");
        assertFailed(TransportFaults.broken(Stage.SECURING, new IOException("eof")), Retryable.class, "tls_failed");
    }

    /// TLS 1.3 says so only after the request has been written.
    @Test
    void a_missing_client_certificate_is_certain() {
        assertFailed(
                TransportFaults.broken(Stage.ANSWERING, new SSLException("Received fatal alert: certificate_required")),
                Permanent.class,
                "tls_client_certificate_required");
    }

    @Test
    void every_code_has_a_hint() {
        for (Stage stage : Stage.values()) {
            assertThat(TransportHints.of(TransportFaults.timedOut(stage).fault().code()))
                    .endsWith(".");
        }
    }
}
