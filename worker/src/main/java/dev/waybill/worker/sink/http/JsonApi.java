package dev.waybill.worker.sink.http;

import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Policy;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.ConnectionSteps;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.Failures;
import dev.waybill.worker.sink.SecretNotAllowedException;
import dev.waybill.worker.sink.SecretUnavailableException;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import dev.waybill.worker.sink.http.HttpResult.NoAnswer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;
import org.jspecify.annotations.Nullable;

/// An API that takes JSON and knows its callers by a bearer token. What a caller may not see of an answer is its text:
/// an error may quote what was sent.
public final class JsonApi implements AutoCloseable {

    /// All of an error's body, the ids of a batch, and whatever a key may do.
    private static final int ANSWER_MAX = 64 * 1024;

    /// Ids that providers give to messages are short; anything else is none.
    private static final Pattern KEPT_VALUE = Pattern.compile("[!-~]{1,200}");

    private final ApiSettings settings;
    private final HttpCall.Timeouts timeouts;
    private final HttpLine line;
    private final Secrets secrets;
    private final InstantSource clock;
    private final Header userAgent;

    /// Makes it.
    ///
    /// @param line closed with it
    public JsonApi(
            ApiSettings settings,
            Policy policy,
            HttpLine line,
            Secrets secrets,
            InstantSource clock,
            Header userAgent) {
        this.settings = settings;
        this.timeouts = HttpCall.Timeouts.of(policy);
        this.line = line;
        this.secrets = secrets;
        this.clock = clock;
        this.userAgent = userAgent;
    }

    /// The report of an attempt that was not made.
    public AttemptReport notMade(Outcome outcome) {
        return AttemptReport.of(outcome, clock.instant(), Duration.ZERO);
    }

    /// Posts JSON.
    ///
    /// @param more  headers beside those that every call has
    /// @param judge decides what an answer means
    /// @param kept  headers of the answer that the report keeps
    /// @throws InterruptedException if the worker is stopping
    public AttemptReport post(
            HttpTarget target, List<Header> more, byte[] json, Function<Answer, Outcome> judge, List<String> kept)
            throws InterruptedException {
        Instant startedAt = clock.instant();
        List<Header> headers;
        switch (credentials()) {
            case Credentials.Lacking(Outcome.Failed outcome) -> {
                return notMade(outcome);
            }
            case Credentials.Ready(List<Header> ready) -> headers = new ArrayList<>(ready);
        }
        headers.addAll(more);
        headers.add(new BasicHeader("Content-Type", "application/json"));
        HttpResult result = line.exchange(
                new HttpCall("POST", target, headers, new Content.Inline(Bytes.of(json)), timeouts, ANSWER_MAX, false),
                null);
        return switch (result.reply()) {
            case Answer answer -> report(judge.apply(answer), answer.status(), kept(answer, kept), result, startedAt);
            case NoAnswer none -> report(none.outcome(), null, Map.of(), result, startedAt);
        };
    }

    private static AttemptReport report(
            Outcome outcome,
            @Nullable Integer status,
            Map<String, String> headers,
            HttpResult result,
            Instant startedAt) {
        return new AttemptReport(
                outcome, status, headers, null, result.bytesSent(), result.remoteAddress(), result.phases(), startedAt);
    }

    private static Map<String, String> kept(Answer answer, List<String> names) {
        Map<String, String> kept = new TreeMap<>();
        for (String name : names) {
            String value = answer.header(name);
            if (value != null && KEPT_VALUE.matcher(value).matches()) {
                kept.put(name, value);
            }
        }
        return kept;
    }

    /// What a question of a connection test was answered.
    public sealed interface Reply {

        record Answered(Answer answer) implements Reply {}

        /// The test ends with this.
        record Failed(ConnectionReport report) implements Reply {}
    }

    /// Makes a call of a connection test, on a connection of its own, and notes the way there.
    ///
    /// @param json null to ask without a body
    /// @throws InterruptedException if the caller gave up
    public Reply ask(ConnectionSteps steps, String method, HttpTarget target, byte @Nullable [] json)
            throws InterruptedException {
        List<Header> headers;
        switch (credentials()) {
            case Credentials.Lacking(Outcome.Failed outcome) -> {
                return new Reply.Failed(ConnectionTest.notMade(
                        outcome.fault(), "Put the key where the reference says, with `waybill secret put`."));
            }
            case Credentials.Ready(List<Header> ready) -> headers = new ArrayList<>(ready);
        }
        if (json != null) {
            headers.add(new BasicHeader("Content-Type", "application/json"));
        }
        Content body = json == null ? null : new Content.Inline(Bytes.of(json));
        HttpResult result = ConnectionTest.exchange(
                line, null, new HttpCall(method, target, headers, body, timeouts, ANSWER_MAX, true));
        return switch (result.reply()) {
            case NoAnswer none -> {
                ConnectionTest.way(steps, target, result);
                yield new Reply.Failed(ConnectionTest.notAnswered(steps, target, result, none.outcome()));
            }
            case Answer answer -> {
                if (steps.isEmpty()) {
                    ConnectionTest.way(steps, target, result);
                }
                steps.status(answer.status());
                yield new Reply.Answered(answer);
            }
        };
    }

    private sealed interface Credentials {

        record Ready(List<Header> headers) implements Credentials {}

        record Lacking(Outcome.Failed outcome) implements Credentials {}
    }

    private Credentials credentials() {
        String key;
        try {
            key = secrets.resolve(settings.organizationId(), settings.key()).strip();
        } catch (SecretNotAllowedException e) {
            return new Credentials.Lacking(Failures.of(e));
        } catch (SecretUnavailableException e) {
            return new Credentials.Lacking(Failures.of(e));
        }
        String bearer = "Bearer " + key;
        if (!HttpHeaders.isValidValue(bearer)) {
            return new Credentials.Lacking(new Outcome.Permanent(Fault.of(
                    ErrorCategory.CONFIGURATION, "secret_invalid", "the API key is not one line of visible ASCII")));
        }
        return new Credentials.Ready(List.of(
                userAgent, new BasicHeader("Accept", "application/json"), new BasicHeader("Authorization", bearer)));
    }

    @Override
    public void close() {
        line.close();
    }
}
