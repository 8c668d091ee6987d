package dev.waybill.worker.sink.oauth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.http.HttpCall;
import dev.waybill.worker.sink.http.HttpLine;
import dev.waybill.worker.sink.http.HttpResult;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import dev.waybill.worker.sink.http.HttpResult.NoAnswer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;
import org.jspecify.annotations.Nullable;

/// The tokens of all destinations. Thread-safe.
public final class AccessTokens {

    /// Accounts whose token is kept; one that was forgotten is asked for again.
    private static final int KEPT = 10_000;

    private static final Duration KEPT_UNUSED = Duration.ofHours(2);

    /// A token is renewed before it expires by a tenth of its life, at most this: an attempt that has begun
    /// needs it for a while.
    private static final Duration MARGIN_MAX = Duration.ofMinutes(1);

    private static final int MARGIN_SHARE = 10;

    private static final int ANSWER_MAX = 32 * 1024;

    private final Cache<TokenRequest, Slot> slots = Caffeine.newBuilder()
            .maximumSize(KEPT)
            .expireAfterAccess(KEPT_UNUSED)
            .build();
    private final InstantSource clock;
    private final List<Header> headers;

    /// Makes it empty.
    ///
    /// @param version Waybill's, for the user agent
    public AccessTokens(InstantSource clock, String version) {
        this.clock = clock;
        this.headers = List.of(
                new BasicHeader("User-Agent", "waybill/" + version),
                new BasicHeader("Accept", "application/json"),
                new BasicHeader("Content-Type", "application/x-www-form-urlencoded"));
    }

    /// What came of asking for a token.
    public sealed interface Asked {

        /// It is there.
        record Granted(AccessToken token) implements Asked {}

        /// It is not, and this is what it means for the attempt.
        record Refused(Outcome.Failed outcome) implements Asked {}
    }

    /// One account. Whoever holds the lock asks; the others wait and take what he was told, good or bad.
    private static final class Slot {
        final ReentrantLock asking = new ReentrantLock();
        volatile @Nullable AccessToken token;
        final AtomicInteger answers = new AtomicInteger();

        // ---- guarded by the lock
        @Nullable
        Asked last;

        @Nullable
        String renewed;
    }

    /// The token of an account: the one that is kept, or another one. Waits on the caller's virtual thread,
    /// for the total timeout at most.
    ///
    /// @param line what requests are made by; closing it ends them
    /// @throws InterruptedException if the caller was interrupted
    public Asked get(TokenRequest request, HttpLine line, HttpCall.Timeouts timeouts) throws InterruptedException {
        Slot slot = slots.get(request, _ -> new Slot());
        AccessToken kept = slot.token;
        if (kept != null && clock.instant().isBefore(kept.renewAt())) {
            return new Asked.Granted(kept);
        }
        int before = slot.answers.get();
        if (!slot.asking.tryLock(timeouts.total().toNanos(), TimeUnit.NANOSECONDS)) {
            return new Asked.Refused(new Outcome.Retryable(
                    Fault.of(ErrorCategory.TIMEOUT, "oauth_timeout", "the token endpoint did not answer in time"),
                    null));
        }
        try {
            if (slot.answers.get() != before && slot.last != null) {
                return slot.last;
            }
            Asked asked = ask(slot, request, line, timeouts);
            slot.last = asked instanceof Asked.Granted(AccessToken token) ? new Asked.Granted(token.used()) : asked;
            slot.token = slot.last instanceof Asked.Granted(AccessToken token) ? token : null;
            slot.answers.incrementAndGet();
            return asked;
        } finally {
            slot.asking.unlock();
        }
    }

    /// The server to whom a token was shown does not take it: the next one who asks gets another.
    public void reject(TokenRequest request, AccessToken refused) {
        Slot slot = slots.getIfPresent(request);
        if (slot != null) {
            AccessToken kept = slot.token;
            if (kept != null && kept.value().equals(refused.value())) {
                slot.token = null;
            }
        }
    }

    private Asked ask(Slot slot, TokenRequest request, HttpLine line, HttpCall.Timeouts timeouts)
            throws InterruptedException {
        byte[] form = request.form(slot.renewed).getBytes(StandardCharsets.UTF_8);
        HttpResult result = line.exchange(new HttpCall(
                "POST", request.endpoint(), headers, new Content.Inline(Bytes.of(form)), timeouts, ANSWER_MAX, false));
        return switch (result.reply()) {
            case NoAnswer(Outcome.Failed outcome) -> new Asked.Refused(notDelivered(outcome));
            case Answer answer ->
                switch (TokenAnswers.of(answer)) {
                    case TokenAnswers.Read.Refused(Outcome.Failed outcome) -> new Asked.Refused(outcome);
                    case TokenAnswers.Read.Granted(String token, Duration life, String refresh) -> {
                        if (refresh != null) {
                            // Ours may not be good any more: some endpoints take each one once.
                            slot.renewed = refresh;
                        }
                        yield new Asked.Granted(new AccessToken(token, renewAt(life), true));
                    }
                };
        };
    }

    private Instant renewAt(Duration life) {
        Duration share = life.dividedBy(MARGIN_SHARE);
        return clock.instant().plus(life).minus(share.compareTo(MARGIN_MAX) < 0 ? share : MARGIN_MAX);
    }

    /// Whether the endpoint has made a token does not matter: nothing was delivered.
    private static Outcome.Failed notDelivered(Outcome.Failed outcome) {
        return outcome instanceof Outcome.Ambiguous(Fault fault) ? new Outcome.Retryable(fault, null) : outcome;
    }
}
