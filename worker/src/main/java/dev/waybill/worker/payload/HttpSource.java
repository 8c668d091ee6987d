package dev.waybill.worker.payload;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.http.HttpCall;
import dev.waybill.worker.sink.http.HttpLine;
import dev.waybill.worker.sink.http.HttpResult;
import dev.waybill.worker.sink.http.HttpTarget;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.message.BasicHeader;

/// Takes payloads from HTTP servers, through the egress guard like everything that goes out. It asks with a plain GET
/// and follows no redirect.
final class HttpSource {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration FIRST_BYTE = Duration.ofSeconds(30);

    private final HttpLine line;
    private final HttpCall.Timeouts timeouts;

    /// @param timeout for a whole payload
    HttpSource(HttpLine line, Duration timeout) {
        this.line = line;
        this.timeouts = new HttpCall.Timeouts(least(CONNECT, timeout), least(FIRST_BYTE, timeout), timeout);
    }

    /// Copies what the URL gives into the spool.
    Spool.Kept take(String url, Spool spool) throws IOException, FetchException, InterruptedException {
        AtomicReference<Spool.Kept> kept = new AtomicReference<>();
        AtomicReference<IOException> refused = new AtomicReference<>();
        HttpCall call = HttpCall.get(target(url), List.of(new BasicHeader("Accept", "*/*")), timeouts, body -> {
            try {
                kept.set(spool.keep(body));
            } catch (Spool.TooLargeException | Spool.FullException e) {
                refused.set(e);
                throw e;
            }
        });
        HttpResult result = line.exchange(call);
        Spool.Kept taken = kept.get();
        if (taken != null && result.reply() instanceof HttpResult.Answer) {
            return taken;
        }
        if (taken != null) {
            taken.remove();
        }
        if (refused.get() != null) {
            throw refused.get();
        }
        throw new FetchException(meaning(result.reply()));
    }

    private static HttpTarget target(String url) throws FetchException {
        try {
            return HttpTarget.parse(url);
        } catch (IllegalArgumentException e) {
            throw new FetchException(new Outcome.Permanent(
                    Fault.of(ErrorCategory.PAYLOAD, "payload_not_allowed", "payload.uri " + e.getMessage())));
        }
    }

    /// The source's troubles are not the destination's: what may pass is tried again and never charged to it.
    private static Outcome.Failed meaning(HttpResult.Reply reply) {
        return switch (reply) {
            case HttpResult.NoAnswer(Outcome.Permanent(Fault fault)) -> permanent(fault.code(), fault.message());
            case HttpResult.NoAnswer none ->
                new Outcome.OurFault(Fault.of(
                        ErrorCategory.PAYLOAD,
                        "payload_unavailable",
                        "its source: " + none.outcome().fault().code()));
            case HttpResult.Answer answer -> status(answer.status());
        };
    }

    private static Outcome.Failed status(int status) {
        return switch (status) {
            case HttpStatus.SC_OK -> permanent("unframed", "its source does not say how long it is");
            case HttpStatus.SC_NOT_FOUND, HttpStatus.SC_GONE -> permanent("not_found", "its source answers " + status);
            case HttpStatus.SC_UNAUTHORIZED, HttpStatus.SC_FORBIDDEN ->
                permanent("forbidden", "its source answers " + status);
            case HttpStatus.SC_REQUEST_TIMEOUT, HttpStatus.SC_TOO_MANY_REQUESTS ->
                new Outcome.OurFault(
                        Fault.of(ErrorCategory.PAYLOAD, "payload_unavailable", "its source answers " + status));
            default ->
                status >= HttpStatus.SC_SERVER_ERROR
                        ? new Outcome.OurFault(
                                Fault.of(ErrorCategory.PAYLOAD, "payload_unavailable", "its source answers " + status))
                        : permanent("http_" + status, "its source answers " + status);
        };
    }

    private static Outcome.Failed permanent(String code, @org.jspecify.annotations.Nullable String message) {
        return new Outcome.Permanent(Fault.of(ErrorCategory.PAYLOAD, "payload_" + code, message));
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
