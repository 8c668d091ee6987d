package dev.waybill.worker.sink.webhook;

import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Policy;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.Failures;
import dev.waybill.worker.sink.PhaseClock;
import dev.waybill.worker.sink.SecretNotAllowedException;
import dev.waybill.worker.sink.SecretUnavailableException;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.http.ConnectionTest;
import dev.waybill.worker.sink.http.HttpCall;
import dev.waybill.worker.sink.http.HttpHeaders;
import dev.waybill.worker.sink.http.HttpLine;
import dev.waybill.worker.sink.http.HttpResult;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import dev.waybill.worker.sink.http.HttpResult.NoAnswer;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hc.core5.http.Header;

/// POSTs payloads to one destination.
final class WebhookSink implements Sink {

    private final WebhookSettings settings;
    private final Policy policy;
    private final HttpCall.Timeouts timeouts;
    private final HttpLine line;
    private final Secrets secrets;
    private final InstantSource clock;
    private final Header userAgent;

    WebhookSink(
            WebhookSettings settings,
            Policy policy,
            HttpLine line,
            Secrets secrets,
            InstantSource clock,
            Header userAgent) {
        this.settings = settings;
        this.policy = policy;
        this.timeouts =
                new HttpCall.Timeouts(policy.connectTimeout(), policy.firstByteTimeout(), policy.totalTimeout());
        this.line = line;
        this.secrets = secrets;
        this.clock = clock;
        this.userAgent = userAgent;
    }

    @Override
    public AttemptReport deliver(Attempt attempt) throws InterruptedException {
        Instant startedAt = clock.instant();
        PhaseClock phases = new PhaseClock();
        if (!HttpHeaders.isValidValue(attempt.delivery().request().payload().contentType())) {
            return AttemptReport.of(unsendable(), startedAt, phases.elapsed());
        }
        SignedHeaders headers;
        try {
            headers = SignedHeaders.of(attempt, settings, secrets, userAgent, startedAt);
        } catch (SecretNotAllowedException e) {
            return AttemptReport.of(Failures.of(e), startedAt, phases.elapsed());
        } catch (SecretUnavailableException e) {
            return AttemptReport.of(Failures.of(e), startedAt, phases.elapsed());
        } catch (IOException e) {
            return AttemptReport.of(Failures.unreadable(e), startedAt, phases.elapsed());
        } catch (IllegalArgumentException e) {
            return AttemptReport.of(unusable(e), startedAt, phases.elapsed());
        }
        HttpCall call = new HttpCall(
                "POST",
                settings.target(),
                headers.headers(),
                attempt.content(),
                timeouts,
                Excerpt.bytesToRead(headers.secrets()),
                false);
        return report(line.exchange(call), headers.secrets(), startedAt);
    }

    private static Outcome unsendable() {
        return new Outcome.Permanent(Fault.of(
                ErrorCategory.PAYLOAD, "invalid_content_type", "payload.contentType cannot be sent as a header"));
    }

    private static Outcome unusable(IllegalArgumentException e) {
        return new Outcome.Permanent(Fault.of(ErrorCategory.CONFIGURATION, "secret_invalid", e.getMessage()));
    }

    private AttemptReport report(HttpResult result, List<String> resolved, Instant startedAt) {
        return switch (result.reply()) {
            case Answer answer ->
                new AttemptReport(
                        WebhookOutcomes.of(answer.status(), answer.header("Retry-After"), clock.instant(), policy),
                        answer.status(),
                        kept(answer),
                        Excerpt.of(answer.body().array(), answer.header("Content-Type"), resolved),
                        result.bytesSent(),
                        result.remoteAddress(),
                        result.phases(),
                        startedAt);
            case NoAnswer none ->
                new AttemptReport(
                        none.outcome(),
                        null,
                        Map.of(),
                        null,
                        result.bytesSent(),
                        result.remoteAddress(),
                        result.phases(),
                        startedAt);
        };
    }

    /// Later headers of a name are appended, as RFC 9110 allows; what a row refuses is left out.
    private Map<String, String> kept(Answer answer) {
        Map<String, String> kept = new HashMap<>();
        for (Header header : answer.headers()) {
            String value = header.getValue();
            if (value != null && settings.kept().contains(header.getName()) && HttpHeaders.isValidValue(value)) {
                kept.merge(header.getName().toLowerCase(Locale.ROOT), value, (a, b) -> a + ", " + b);
            }
        }
        return kept;
    }

    @Override
    public ConnectionReport test() throws InterruptedException {
        return ConnectionTest.head(line, settings.target(), List.of(userAgent), timeouts);
    }

    @Override
    public void close() {
        line.close();
    }
}
