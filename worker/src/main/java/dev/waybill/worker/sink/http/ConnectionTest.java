package dev.waybill.worker.sink.http;

import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.ConnectionReport.Check;
import dev.waybill.worker.sink.PhaseClock;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import dev.waybill.worker.sink.http.HttpResult.NoAnswer;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
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
        HttpCall call = new HttpCall("HEAD", target, headers, null, timeouts, 0, true);
        HttpResult result = onVirtualThread(() -> line.exchange(call, identity));
        Map<String, String> details = details(target, result);
        return switch (result.reply()) {
            case Answer answer ->
                new ConnectionReport(
                        result.phases(), answer.status(), checks(result, target, null), details, null, null);
            case NoAnswer none ->
                new ConnectionReport(
                        result.phases(),
                        null,
                        checks(result, target, none.outcome().fault()),
                        details,
                        none.outcome().fault(),
                        TransportHints.of(none.outcome().fault().code()),
                        none.outcome() instanceof Outcome.OurFault);
        };
    }

    /// The report of a test that could not be made, because what it needs is not there.
    public static ConnectionReport notMade(Fault fault, String hint) {
        Check check = new Check("credentials", false, String.valueOf(fault.message()));
        return new ConnectionReport(new PhaseClock().phases(), null, List.of(check), Map.of(), fault, hint);
    }

    private static HttpResult onVirtualThread(Callable<HttpResult> exchange) throws InterruptedException {
        FutureTask<HttpResult> task = new FutureTask<>(exchange);
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

    private static Map<String, String> details(HttpTarget target, HttpResult result) {
        Map<String, String> details = new TreeMap<>();
        details.put("host", target.origin().getHostName());
        details.put("port", Integer.toString(target.origin().getPort()));
        details.put("secure", Boolean.toString(target.secure()));
        if (result.remoteAddress() != null) {
            details.put("remoteAddress", result.remoteAddress());
        }
        if (result.tls() != null) {
            describe(result.tls(), details);
        }
        return details;
    }

    private static void describe(SSLSession session, Map<String, String> details) {
        details.put("tlsVersion", session.getProtocol());
        try {
            if (session.getPeerCertificates()[0] instanceof X509Certificate certificate) {
                details.put(
                        "certificateExpires",
                        certificate.getNotAfter().toInstant().toString());
            }
        } catch (SSLPeerUnverifiedException e) {
            // No certificate, no expiry.
        }
    }

    /// The steps in order, up to the one that failed.
    private static List<Check> checks(HttpResult result, HttpTarget target, @Nullable Fault fault) {
        List<String> steps = target.secure()
                ? List.of("resolve", "connect", "tls", "answer")
                : List.of("resolve", "connect", "answer");
        String failed = fault == null ? "" : failedStep(fault, result);
        List<Check> checks = new ArrayList<>();
        for (String step : steps) {
            boolean passed = !step.equals(failed);
            checks.add(new Check(step, passed, passed || fault == null ? "ok" : String.valueOf(fault.message())));
            if (!passed) {
                break;
            }
        }
        return checks;
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
