package dev.waybill.worker.sink.http;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Outcome.Ambiguous;
import dev.waybill.topology.policy.Outcome.OurFault;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.worker.sink.egress.DialFaults;
import dev.waybill.worker.sink.http.h2.UnprocessedException;
import dev.waybill.worker.sink.inflight.InFlight;
import dev.waybill.worker.sink.tls.TlsFaults;
import java.net.SocketTimeoutException;

/// Decides, once for all HTTP providers, what a request without an answer means.
///
/// The rule: before the last byte of the request was written nothing can have been processed, because its
/// length was announced; afterwards everything can have been.
final class TransportFaults {

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
            case LEASING -> DialFaults.noConnectionFree();
            case CONNECTING -> DialFaults.timedOut();
            case SECURING -> TlsFaults.timedOut();
            case GREETING ->
                retryable(ErrorCategory.TIMEOUT, "http2_timeout", "the receiver did not begin HTTP/2 in time");
            case SENDING -> retryable(ErrorCategory.TIMEOUT, "send_timeout", "the request was not taken in time");
            case ANSWERING -> ambiguous(ErrorCategory.TIMEOUT, "response_timeout", "no complete answer in time");
        };
    }

    static Outcome.Failed noFirstByte() {
        return ambiguous(ErrorCategory.TIMEOUT, "first_byte_timeout", "the answer did not begin in time");
    }

    /// The connection failed while in the stage.
    static Outcome.Failed broken(Stage stage, Exception e) {
        Outcome.Failed certificate = TlsFaults.ofClientCertificate(e);
        if (certificate != null) {
            return certificate;
        }
        return switch (stage) {
            case LEASING -> closed();
            case CONNECTING -> retryable(ErrorCategory.CONNECT, "connect_failed", "the connection failed");
            case SECURING -> TlsFaults.ofHandshake(e);
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

    private static Outcome.Failed retryable(ErrorCategory category, String code, String message) {
        return new Retryable(Fault.of(category, code, message), null);
    }

    private static Outcome.Failed ambiguous(ErrorCategory category, String code, String message) {
        return new Ambiguous(Fault.of(category, code, message));
    }
}
