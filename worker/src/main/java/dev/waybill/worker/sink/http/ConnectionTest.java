package dev.waybill.worker.sink.http;

import dev.waybill.topology.model.AttemptReport.Phases;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.ConnectionReport.Phase;
import dev.waybill.worker.sink.ConnectionReport.Problem;
import dev.waybill.worker.sink.ConnectionSteps;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import dev.waybill.worker.sink.http.HttpResult.NoAnswer;
import dev.waybill.worker.sink.tls.TlsIdentity;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.apache.hc.core5.http.Header;
import org.jspecify.annotations.Nullable;

/// Finds out whether a receiver can be reached: a `HEAD` on a connection of its own, which any status answers
/// well enough.
public final class ConnectionTest {

    private ConnectionTest() {}

    /// Makes the request, from any thread.
    ///
    /// @param identity who we are; null for nobody
    public static ConnectionReport head(
            HttpLine line,
            @Nullable TlsIdentity identity,
            HttpTarget target,
            List<Header> headers,
            HttpCall.Timeouts timeouts)
            throws InterruptedException {
        ConnectionSteps steps = new ConnectionSteps();
        HttpCall call = new HttpCall("HEAD", target, headers, null, timeouts, 0, true);
        HttpResult result = exchange(line, identity, call);
        way(steps, target, result);
        return switch (result.reply()) {
            case Answer answer ->
                steps.status(answer.status()).passed("answer", null).succeeded();
            case NoAnswer none -> notAnswered(steps, target, result, none.outcome());
        };
    }

    /// The way to the receiver, as far as it was gone.
    public static void way(ConnectionSteps steps, HttpTarget target, HttpResult result) {
        Phases phases = result.phases();
        steps.took(Phase.DNS, phases.dns())
                .took(Phase.CONNECT, phases.connect())
                .took(Phase.TLS, phases.tls())
                .took(Phase.PROBE, phases.firstByte());
        describe(steps, target, result);
        String failed = result.reply() instanceof NoAnswer none
                ? failedStep(none.outcome().fault(), result)
                : "answer";
        for (String step : target.secure() ? List.of("resolve", "connect", "tls") : List.of("resolve", "connect")) {
            if (step.equals(failed)) {
                return;
            }
            steps.passed(step, null);
        }
    }

    /// The report of a test that got no answer, after [#way].
    public static ConnectionReport notAnswered(
            ConnectionSteps steps, HttpTarget target, HttpResult result, Outcome.Failed outcome) {
        Fault fault = outcome.fault();
        Problem problem = new Problem(
                ConnectionError.of(fault),
                fault.message() == null ? fault.code() : fault.message(),
                TransportHints.of(fault.code()),
                null,
                outcome instanceof Outcome.OurFault);
        return steps.failed(failedStep(fault, result), null, problem);
    }

    /// The report of a test that could not be made, because what it needs is not there.
    public static ConnectionReport notMade(Fault fault, String hint) {
        Problem problem = ConnectionSteps.problem(fault, false);
        return new ConnectionSteps()
                .failed(
                        "credentials",
                        Phase.AUTHENTICATE,
                        new Problem(problem.error(), problem.message(), hint, null, false));
    }

    /// Makes a request from any thread; connections are made on virtual ones.
    public static HttpResult exchange(HttpLine line, @Nullable TlsIdentity identity, HttpCall call)
            throws InterruptedException {
        FutureTask<HttpResult> task = new FutureTask<>(() -> line.exchange(call, identity));
        Thread thread = Thread.ofVirtual().name("waybill-connection-test").start(task);
        try {
            return task.get();
        } catch (InterruptedException e) {
            thread.interrupt();
            throw e;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the connection test failed", e.getCause());
        }
    }

    private static void describe(ConnectionSteps steps, HttpTarget target, HttpResult result) {
        steps.detail("host", target.origin().getHostName())
                .detail("port", Integer.toString(target.origin().getPort()))
                .detail("secure", Boolean.toString(target.secure()))
                .detail("remoteAddress", result.remoteAddress());
        if (result.tls() != null) {
            describe(steps, result.tls());
        }
    }

    private static void describe(ConnectionSteps steps, SSLSession session) {
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

    private static String failedStep(Fault fault, HttpResult result) {
        if (result.remoteAddress() != null) {
            return "answer";
        }
        return switch (fault.category()) {
            case DNS, EGRESS_DENIED -> "resolve";
            case TLS -> "tls";
            default -> fault.code().startsWith("tls_") ? "tls" : "connect";
        };
    }
}
