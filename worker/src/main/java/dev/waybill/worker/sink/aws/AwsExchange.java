package dev.waybill.worker.sink.aws;

import dev.waybill.topology.model.AttemptReport.Phases;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.Failures;
import dev.waybill.worker.sink.PhaseClock;
import dev.waybill.worker.sink.http.HttpCall;
import dev.waybill.worker.sink.http.HttpLine;
import dev.waybill.worker.sink.http.HttpResult;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import dev.waybill.worker.sink.http.HttpResult.NoAnswer;
import dev.waybill.worker.sink.http.HttpTarget;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.message.BasicHeader;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;

/// One attempt's calls, one after the other, on one line and within one total timeout. Used by one virtual thread.
///
/// The SDK's clients are shared; what belongs to the attempt reaches [AwsHttpClient] by a scoped value, as the SDK
/// makes
/// its requests on the thread that calls it.
public final class AwsExchange {

    private static final ScopedValue<AwsExchange> CURRENT = ScopedValue.newInstance();

    /// Errors are short, and so are lists of what an object's upload has left behind.
    private static final int ANSWER_MAX = 64 * 1024;

    private static final int SECONDS_DIGITS_MAX = 7;

    /// What the connection sets itself, or has no use for: our requests do not wait for a 100.
    private static final Set<String> NOT_PASSED_ON =
            Set.of("host", "content-length", "expect", "connection", "transfer-encoding");

    private static final Content NOTHING = new Content.Inline(Bytes.of(new byte[0]));

    private final HttpLine line;
    private final HttpCall.Timeouts timeouts;
    private final boolean fresh;
    private final long end;
    private final PhaseClock clock = new PhaseClock();
    private @Nullable HttpResult first;
    private @Nullable HttpResult last;
    private @Nullable HttpTarget target;
    private long bytesSent;

    /// Begins; the total timeout runs from now.
    ///
    /// @param fresh whether to connect anew, so that all phases are seen
    public AwsExchange(HttpLine line, HttpCall.Timeouts timeouts, boolean fresh) {
        this.line = line;
        this.timeouts = timeouts;
        this.fresh = fresh;
        this.end = System.nanoTime() + timeouts.total().toNanos();
    }

    static AwsExchange current() {
        return CURRENT.orElseThrow(() -> new IllegalStateException("the SDK calls on a thread that we do not know"));
    }

    /// Makes a call of the SDK and says what became of it.
    ///
    /// @throws InterruptedException if the worker is stopping
    public <T> AwsResult<T> call(Supplier<T> call) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (left().isNegative() || left().isZero()) {
            return new AwsResult.NotAnswered<>(new Outcome.Retryable(
                    Fault.of(ErrorCategory.TIMEOUT, "total_timeout", "the attempt took too long"), null));
        }
        try {
            return new AwsResult.Done<>(ScopedValue.where(CURRENT, this).call(call::get));
        } catch (AwsServiceException e) {
            return refused(e);
        } catch (SdkException | UncheckedIOException e) {
            return new AwsResult.NotAnswered<>(notAnswered(e));
        }
    }

    private static <T> AwsResult<T> refused(AwsServiceException e) {
        String code = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorCode();
        SdkHttpResponse response =
                e.awsErrorDetails() == null ? null : e.awsErrorDetails().sdkHttpResponse();
        return new AwsResult.Refused<>(
                e.statusCode(),
                code != null && code.matches("[A-Za-z0-9.]{1,60}") ? code : "",
                response == null ? null : seconds(response.firstMatchingHeader("Retry-After")),
                response == null
                        ? null
                        : response.firstMatchingHeader("x-amz-bucket-region")
                                .filter(region -> region.matches("[a-z0-9-]{1,40}"))
                                .orElse(null));
    }

    private static @Nullable Duration seconds(Optional<String> header) {
        return header.map(String::strip)
                .filter(text -> text.matches("[0-9]{1," + SECONDS_DIGITS_MAX + "}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                .orElse(null);
    }

    private Outcome.Failed notAnswered(RuntimeException e) throws InterruptedException {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case NoAnswerException none -> {
                    return none.outcome();
                }
                case StoppedException _ -> throw new InterruptedException();
                case InterruptedException _ -> throw new InterruptedException();
                case SdkBody.NotReadException unread -> {
                    return Failures.unreadable(unread);
                }
                default -> {}
            }
        }
        if (last != null && last.reply() instanceof Answer) {
            return new Outcome.Ambiguous(Fault.of(
                    ErrorCategory.RESPONSE, "invalid_response", "the answer is not what the service promises"));
        }
        return new Outcome.OurFault(Fault.of(
                ErrorCategory.INTERNAL,
                "aws_sdk",
                "the SDK failed (" + e.getClass().getSimpleName() + ")"));
    }

    HttpExecuteResponse send(HttpExecuteRequest request) throws IOException {
        SdkHttpRequest http = request.httpRequest();
        HttpTarget to = target(http);
        HttpResult result;
        try {
            result = line.exchange(new HttpCall(
                    http.method().name(),
                    to,
                    headers(http),
                    body(request),
                    new HttpCall.Timeouts(timeouts.connect(), timeouts.firstByte(), left()),
                    ANSWER_MAX,
                    fresh && first == null));
        } catch (InterruptedException e) {
            throw new StoppedException();
        }
        first = first == null ? result : first;
        last = result;
        target = to;
        bytesSent += result.bytesSent();
        return switch (result.reply()) {
            case NoAnswer none -> throw new NoAnswerException(none.outcome());
            case Answer answer -> response(answer);
        };
    }

    private static HttpTarget target(SdkHttpRequest http) {
        String path = http.encodedPath().isEmpty() ? "/" : http.encodedPath();
        String query = http.encodedQueryParameters().map(text -> "?" + text).orElse("");
        String authority = http.firstMatchingHeader("Host").orElseGet(http::host);
        return new HttpTarget(new HttpHost(http.protocol(), http.host(), http.port()), path + query, authority);
    }

    private static List<Header> headers(SdkHttpRequest http) {
        List<Header> headers = new ArrayList<>();
        http.forEachHeader((name, values) -> {
            if (!NOT_PASSED_ON.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> headers.add(new BasicHeader(name, value)));
            }
        });
        return headers;
    }

    /// A request that could have a body and has none says so by its length, without which S3 takes nothing.
    private static @Nullable Content body(HttpExecuteRequest request) {
        SdkHttpRequest http = request.httpRequest();
        if (request.contentStreamProvider().isEmpty()) {
            return http.method() == SdkHttpMethod.PUT || http.method() == SdkHttpMethod.POST ? NOTHING : null;
        }
        long length = http.firstMatchingHeader("Content-Length")
                .map(Long::parseLong)
                .orElseThrow(() -> new IllegalStateException("the SDK did not say how long a body is"));
        return new SdkBody.Given(request.contentStreamProvider().get(), length);
    }

    private static HttpExecuteResponse response(Answer answer) {
        SdkHttpFullResponse.Builder response = SdkHttpFullResponse.builder().statusCode(answer.status());
        for (Header header : answer.headers()) {
            response.appendHeader(header.getName(), header.getValue());
        }
        return HttpExecuteResponse.builder()
                .response(response.build())
                .responseBody(AbortableInputStream.create(
                        new ByteArrayInputStream(answer.body().array())))
                .build();
    }

    /// What is left of the total timeout.
    public Duration left() {
        return Duration.ofNanos(end - System.nanoTime());
    }

    /// Bytes of headers and bodies handed to connections.
    public long bytesSent() {
        return bytesSent;
    }

    public @Nullable String remoteAddress() {
        return last == null ? null : last.remoteAddress();
    }

    /// The status of the last answer; null if there is none.
    public @Nullable Integer status() {
        return last != null && last.reply() instanceof Answer answer ? answer.status() : null;
    }

    /// The way to the service as the first request went it, and the wait for the last answer.
    public Phases phases() {
        Phases way = first == null ? null : first.phases();
        return new Phases(
                way == null ? null : way.dns(),
                way == null ? null : way.connect(),
                way == null ? null : way.tls(),
                last == null ? null : last.phases().firstByte(),
                clock.elapsed());
    }

    /// The first request's result and where it went; for connection tests.
    public @Nullable HttpResult firstResult() {
        return first;
    }

    /// Where the last request went; null if there was none.
    public @Nullable HttpTarget target() {
        return target;
    }
}
