package dev.waybill.worker.sink.webhook;

import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Policy;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.BatchReport;
import dev.waybill.worker.sink.BatchSink;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.Failures;
import dev.waybill.worker.sink.PhaseClock;
import dev.waybill.worker.sink.SecretNotAllowedException;
import dev.waybill.worker.sink.SecretUnavailableException;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.http.ConnectionTest;
import dev.waybill.worker.sink.http.HttpCall;
import dev.waybill.worker.sink.http.HttpHeaders;
import dev.waybill.worker.sink.http.HttpLine;
import dev.waybill.worker.sink.http.HttpResult;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import dev.waybill.worker.sink.http.HttpResult.NoAnswer;
import dev.waybill.worker.sink.http.HttpTarget;
import dev.waybill.worker.sink.tls.ClientCertificate;
import dev.waybill.worker.sink.tls.TlsIdentity;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.hc.core5.http.Header;
import org.jspecify.annotations.Nullable;

/// POSTs payloads to one destination.
final class WebhookSink implements BatchSink {

    /// The header that names the members must fit into what servers accept of all headers, often 8 KiB. Of UUIDs
    /// these are 110, and no more are gathered.
    static final int IDS_MAX = 4 * 1024;

    /// Room for the status of each member.
    static final int ANSWER_MAX = 64 * 1024;

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
        this.timeouts = HttpCall.Timeouts.of(policy);
        this.line = line;
        this.secrets = secrets;
        this.clock = clock;
        this.userAgent = userAgent;
    }

    @Override
    public AttemptReport deliver(Attempt attempt) throws InterruptedException {
        if (!HttpHeaders.isValidValue(attempt.delivery().request().payload().contentType())) {
            return AttemptReport.of(unsendable(), clock.instant(), Duration.ZERO);
        }
        Request request = now -> SignedHeaders.of(attempt, settings, secrets, userAgent, now);
        return switch (post(request, attempt.content(), 0)) {
            case Posted.NotMade(AttemptReport report) -> report;
            case Posted.Made made -> report(made);
        };
    }

    @Override
    public BatchReport deliverTogether(List<Attempt> attempts) throws InterruptedException {
        BatchFormat format = settings.batch();
        if (format == null) {
            throw new IllegalStateException("a destination without batches");
        }
        List<String> ids = attempts.stream().map(one -> one.delivery().id()).toList();
        if (attempts.size() > 1 && String.join(",", ids).length() > IDS_MAX) {
            return new BatchReport.Refused(AttemptReport.of(tooManyIds(), clock.instant(), Duration.ZERO), true);
        }
        Content body = new Content.Inline(format.join(attempts.stream()
                .map(one -> Objects.requireNonNull(
                        one.delivery().request().payload().body()))
                .toList()));
        Request request = now ->
                SignedHeaders.ofBatch(attempts, ids, body, format.contentType(), settings, secrets, userAgent, now);
        return switch (post(request, body, ANSWER_MAX)) {
            case Posted.NotMade(AttemptReport report) -> BatchReport.all(attempts.size(), report);
            case Posted.Made made -> batchReport(made, attempts);
        };
    }

    private BatchReport batchReport(Posted.Made made, List<Attempt> attempts) {
        AttemptReport whole = report(made);
        if (made.result().reply() instanceof Answer answer) {
            if (BatchAnswer.isMultiStatus(answer)) {
                return eachAnswered(answer, whole, attempts);
            }
            if (BatchAnswer.isRefusal(answer.status(), whole.outcome())) {
                return new BatchReport.Refused(whole, BatchAnswer.isTooLarge(answer.status()));
            }
        }
        return new BatchReport.Members(attempts.stream()
                .map(one -> member(whole, whole.outcome(), whole.responseCode(), attempts.size()))
                .toList());
    }

    private BatchReport eachAnswered(Answer answer, AttemptReport whole, List<Attempt> attempts) {
        Map<String, Integer> statuses = BatchAnswer.statuses(answer);
        String retryAfter = answer.header("Retry-After");
        return new BatchReport.Members(attempts.stream()
                .map(one -> {
                    Integer status = statuses.get(one.delivery().id());
                    Outcome outcome = BatchAnswer.member(status, retryAfter, clock.instant(), policy);
                    return member(whole, outcome, status == null ? whole.responseCode() : status, attempts.size());
                })
                .toList());
    }

    /// A member's part of what the call saw.
    private static AttemptReport member(AttemptReport whole, Outcome outcome, @Nullable Integer status, int members) {
        Long sent = whole.bytesSent();
        return new AttemptReport(
                outcome,
                status,
                whole.responseHeaders(),
                whole.responseExcerpt(),
                sent == null ? null : sent / members,
                whole.remoteAddress(),
                whole.phases(),
                whole.startedAt());
    }

    /// Makes the headers of a request.
    private interface Request {
        SignedHeaders headers(Instant now) throws IOException;
    }

    /// What became of a request.
    private sealed interface Posted {
        record NotMade(AttemptReport report) implements Posted {}

        record Made(HttpResult result, List<String> secrets, Instant startedAt) implements Posted {}
    }

    /// @param answerMax how much of the answer is wanted, if that is more than an excerpt
    private Posted post(Request request, Content body, int answerMax) throws InterruptedException {
        Instant startedAt = clock.instant();
        PhaseClock phases = new PhaseClock();
        SignedHeaders headers;
        TlsIdentity identity;
        try {
            headers = request.headers(startedAt);
            identity = identity();
        } catch (SecretNotAllowedException e) {
            return new Posted.NotMade(AttemptReport.of(Failures.of(e), startedAt, phases.elapsed()));
        } catch (SecretUnavailableException e) {
            return new Posted.NotMade(AttemptReport.of(Failures.of(e), startedAt, phases.elapsed()));
        } catch (IOException e) {
            return new Posted.NotMade(AttemptReport.of(Failures.unreadable(e), startedAt, phases.elapsed()));
        } catch (IllegalArgumentException e) {
            return new Posted.NotMade(AttemptReport.of(unusable(e), startedAt, phases.elapsed()));
        }
        Compression.Coded coded = settings.compression().apply(body);
        if (coded.compressed()) {
            headers.withCoding(settings.compression().coding());
        }
        HttpCall call = new HttpCall(
                "POST",
                settings.target(),
                headers.headers(),
                coded.content(),
                timeouts,
                Math.max(answerMax, Excerpt.bytesToRead(headers.secrets())),
                false);
        return new Posted.Made(line.exchange(call, identity), headers.secrets(), startedAt);
    }

    private static Outcome tooManyIds() {
        return new Outcome.Permanent(
                Fault.of(ErrorCategory.PAYLOAD, "batch_ids_too_long", "the ids of a batch do not fit into a header"));
    }

    private static Outcome unsendable() {
        return new Outcome.Permanent(Fault.of(
                ErrorCategory.PAYLOAD, "invalid_content_type", "payload.contentType cannot be sent as a header"));
    }

    private @Nullable TlsIdentity identity() {
        ClientCertificate certificate = settings.certificate();
        return certificate == null ? null : certificate.identity(secrets);
    }

    private static Outcome.Failed unusable(IllegalArgumentException e) {
        return new Outcome.Permanent(Fault.of(ErrorCategory.CONFIGURATION, "secret_invalid", e.getMessage()));
    }

    private AttemptReport report(Posted.Made made) {
        HttpResult result = made.result();
        List<String> resolved = made.secrets();
        Instant startedAt = made.startedAt();
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
        SignedHeaders headers;
        TlsIdentity identity;
        try {
            headers = testHeaders();
            identity = identity();
        } catch (SecretNotAllowedException e) {
            return notTested(Failures.of(e));
        } catch (SecretUnavailableException e) {
            return notTested(Failures.of(e));
        } catch (IOException e) {
            throw new IllegalStateException("an inline payload cannot fail to be read", e);
        } catch (IllegalArgumentException e) {
            return notTested(unusable(e));
        }
        HttpTarget target = settings.target();
        return switch (settings.test()) {
            case HEAD -> ConnectionTest.head(line, identity, target, List.of(userAgent), timeouts);
            case OPTIONS ->
                WebhookProbe.handshake(target, ConnectionTest.exchange(line, identity, call("OPTIONS", headers, null)));
            case PING ->
                WebhookProbe.ping(
                        target, ConnectionTest.exchange(line, identity, call("POST", headers, WebhookProbe.PING)));
        };
    }

    private SignedHeaders testHeaders() throws IOException {
        return switch (settings.test()) {
            case HEAD -> new SignedHeaders(List.of(), List.of());
            case OPTIONS -> SignedHeaders.ofOptions(settings, secrets, userAgent);
            case PING ->
                SignedHeaders.ofPing(
                        "ping-" + UUID.randomUUID(),
                        WebhookProbe.PING_TYPE,
                        WebhookProbe.PING,
                        settings,
                        secrets,
                        userAgent,
                        clock.instant());
        };
    }

    private HttpCall call(String method, SignedHeaders headers, @Nullable Content body) {
        return new HttpCall(method, settings.target(), headers.headers(), body, timeouts, 0, true);
    }

    private ConnectionReport notTested(Outcome.Failed outcome) {
        return ConnectionTest.notMade(
                outcome.fault(),
                settings.certificate() == null
                        ? "Put the secrets that the settings name, with `waybill secret put`."
                        : "Put the private key of tls.cert where tls.key says, as PKCS#8 in PEM, and the other secrets.");
    }

    @Override
    public void close() {
        line.close();
    }
}
