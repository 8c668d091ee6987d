package dev.waybill.worker.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Outcome.Ambiguous;
import dev.waybill.topology.policy.Outcome.Delivered;
import dev.waybill.topology.policy.Outcome.Failed;
import dev.waybill.topology.policy.Outcome.OurFault;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.topology.policy.Outcome.Throttled;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What every sink promises the delivery loop. One subclass per provider says what its peer can do, and why it cannot
/// do the rest; a promise that cannot come up with it is skipped.
public abstract class SinkContractTest {

    /// What a peer can do to the next attempt.
    public enum Behaviour {
        /// Refuses now, would accept later.
        REFUSE_FOR_NOW,
        REFUSE_FOR_GOOD,
        /// Asks to wait for [#THROTTLE].
        THROTTLE,
        /// Takes the connection and nothing else.
        HANG_BEFORE_REQUEST,
        /// Reads the request and never answers.
        HANG_AFTER_REQUEST,
        /// Ends the connection before it has read the request.
        BREAK_BEFORE_REQUEST,
        /// Ends the connection after it has read the request.
        BREAK_AFTER_REQUEST,
        /// Accepts with an answer that has no end.
        FLOOD,
        /// Accepts one byte at a time, without end.
        DRIP,
        /// Takes nothing any more, whatever it is.
        GONE,
        /// Takes a batch but for its second member, which it refuses for now.
        REFUSE_A_MEMBER,
        /// Does not like what a batch carries.
        REFUSE_CONTENT,
        /// Wants less at a time.
        TOO_LARGE
    }

    protected static final Duration THROTTLE = Duration.ofSeconds(7);

    /// How long the destinations that [#impatientDestination] makes wait for a peer that is connected.
    protected static final Duration SHORT = Duration.ofMillis(500);

    /// And for a connection: a handshake that is to succeed takes a while on a busy machine.
    protected static final Duration SHORT_CONNECT = Duration.ofSeconds(2);

    /// And for everything together.
    protected static final Duration SHORT_TOTAL = SHORT_CONNECT.plus(SHORT);

    /// Between a timeout and the end of the attempt, on a busy machine.
    private static final Duration SLACK = Duration.ofSeconds(4);

    private static final String PAYLOAD = "{\"name\":\"Müller 🚚\",\"card\":\"4111111111111111\"}";

    private final List<Sink> opened = new ArrayList<>();

    protected abstract SinkProvider provider();

    /// A destination at the peer.
    protected abstract Destination destination();

    /// The same with timeouts of [#SHORT_CONNECT], [#SHORT] and [#SHORT_TOTAL].
    protected abstract Destination impatientDestination();

    protected abstract Set<Behaviour> behaviours();

    /// Behaviours that a peer of this provider cannot have, each with the reason.
    protected Map<Behaviour, String> impossible() {
        return Map.of();
    }

    /// Lets the next attempt meet the behaviour, and those after it a peer that accepts.
    protected abstract void next(Behaviour behaviour) throws Exception;

    /// Lets the peer be ready for a connection test, where that takes more than to accept what comes.
    protected void expectTest() {}

    /// The payloads that the peer has accepted, in order.
    protected abstract List<Bytes> accepted() throws Exception;

    /// The destination that takes several payloads in a call; null if there is none of its kind.
    protected @Nullable Destination batchDestination() {
        return null;
    }

    /// The same with timeouts of [#SHORT_CONNECT], [#SHORT] and [#SHORT_TOTAL].
    protected @Nullable Destination impatientBatchDestination() {
        return batchDestination();
    }

    /// The members of the batches that the peer has accepted, in order.
    protected List<List<Bytes>> acceptedBatches() throws Exception {
        return List.of();
    }

    /// What must never be seen: credentials in use.
    protected abstract List<String> secrets();

    /// Changes the credentials on our side and makes the peer refuse the old ones; false if there are none.
    protected boolean rotateCredentials() {
        return false;
    }

    /// The router asks it of every destination.
    @Test
    void whetherItIsEncryptedCanBeSaidOfAnySettings() {
        Destination good = destination();
        for (Map<String, String> settings : List.of(Map.<String, String>of(), Map.of("url", "::"), Map.of("x", "y"))) {
            Destination bad = new Destination(
                    good.id(),
                    good.organizationId(),
                    good.name(),
                    good.kind(),
                    good.provider(),
                    good.enabled(),
                    settings,
                    good.policy(),
                    good.region(),
                    good.labels(),
                    good.version(),
                    good.encoded());
            assertThatCode(() -> provider().isEncrypted(bad)).doesNotThrowAnyException();
        }
    }

    @AfterEach
    void closeSinks() {
        opened.forEach(Sink::close);
    }

    private Sink open(Destination destination) {
        Sink sink = provider().open(destination);
        opened.add(sink);
        return sink;
    }

    private static Attempt attempt(String deliveryId) {
        return Samples.attempt(deliveryId, Samples.body(PAYLOAD));
    }

    /// Makes an attempt and checks what holds for all of them.
    private AttemptReport deliver(Sink sink, Attempt attempt) throws Exception {
        AttemptReport report = Samples.onVirtualThread(() -> sink.deliver(attempt));
        assertTellsNothing(report.toString());
        assertThat(report.phases().total()).isNotNull();
        return report;
    }

    private void assertTellsNothing(String text) {
        assertThat(text).doesNotContain("4111111111111111", "Müller");
        secrets().forEach(secret -> assertThat(text).doesNotContain(secret));
    }

    private AttemptReport deliverTo(Destination destination, Behaviour behaviour) throws Exception {
        assumeTrue(behaviours().contains(behaviour), () -> "cannot " + behaviour);
        // The first attempt in a JVM loads half of it, which no short timeout should measure.
        deliver(open(destination()), attempt("d-warm"));
        Sink sink = open(destination);
        next(behaviour);
        return deliver(sink, attempt("d-" + behaviour));
    }

    private static Fault fault(AttemptReport report) {
        assertThat(report.outcome()).isInstanceOf(Failed.class);
        return ((Failed) report.outcome()).fault();
    }

    @Test
    void delivers_the_exact_bytes() throws Exception {
        byte[] random = new byte[300_000];
        new Random(7).nextBytes(random);
        Instant before = Instant.now();

        AttemptReport report = deliver(open(destination()), Samples.attempt("d-bytes", Bytes.of(random)));

        assertThat(report.outcome()).isEqualTo(new Delivered());
        assertThat(accepted()).hasSize(1);
        assertThat(sha256(accepted().getFirst())).isEqualTo(sha256(Bytes.of(random)));
        assertThat(report.bytesSent()).isGreaterThanOrEqualTo(random.length);
        assertThat(report.startedAt()).isBetween(before.minusSeconds(1), Instant.now());
    }

    @Test
    void delivers_an_empty_payload() throws Exception {
        AttemptReport report = deliver(open(destination()), Samples.attempt("d-empty", Bytes.of(new byte[0])));

        assertThat(report.outcome()).isEqualTo(new Delivered());
        assertThat(accepted()).containsExactly(Bytes.of(new byte[0]));
    }

    @Test
    void delivers_many_at_a_time() throws Exception {
        Sink sink = open(destination());
        List<FutureTask<AttemptReport>> attempts = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Attempt attempt = attempt("d-many-" + i);
            FutureTask<AttemptReport> task = new FutureTask<>(() -> sink.deliver(attempt));
            attempts.add(task);
            Thread.ofVirtual().start(task);
        }
        for (FutureTask<AttemptReport> task : attempts) {
            assertThat(task.get(30, TimeUnit.SECONDS).outcome()).isEqualTo(new Delivered());
        }
        assertThat(accepted()).hasSize(50);
    }

    @Test
    void may_be_repeated() throws Exception {
        Sink sink = open(destination());

        assertThat(deliver(sink, attempt("d-again")).outcome()).isEqualTo(new Delivered());
        assertThat(deliver(sink, attempt("d-again")).outcome()).isEqualTo(new Delivered());
    }

    @Test
    void delivers_a_payload_that_is_not_in_memory() throws Exception {
        byte[] random = new byte[3 << 20];
        new Random(7).nextBytes(random);
        Content streamed = new Content() {
            @Override
            public long size() {
                return random.length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(random);
            }
        };

        AttemptReport report = deliver(open(destination()), referring(streamed));

        assertThat(report.outcome()).isEqualTo(new Delivered());
        assertThat(sha256(accepted().getFirst())).isEqualTo(sha256(Bytes.of(random)));
    }

    /// The bytes are ours by then: that they cannot be read is not the destination's fault, and a part is no payload.
    @Test
    @SuppressWarnings("InputStreamSlowMultibyteRead") // it is slow, but small
    void a_payload_that_cannot_be_read_charges_nobody() throws Exception {
        Content broken = new Content() {
            private int opened;

            @Override
            public long size() {
                return 100_000;
            }

            @Override
            public InputStream open() {
                boolean last = ++opened >= 2;
                return new InputStream() {
                    private int left = last ? 50_000 : 100_000;

                    @Override
                    public int read() throws IOException {
                        if (left == 0 && last) {
                            throw new IOException("the disk is broken");
                        }
                        return left-- > 0 ? 'x' : -1;
                    }
                };
            }
        };
        Sink sink = open(destination());
        AttemptReport report = deliver(sink, referring(broken));
        if (report.outcome() instanceof Delivered) {
            // It reads once only, and could.
            report = deliver(sink, referring(broken));
        }

        assertThat(report.outcome()).isInstanceOf(OurFault.class);
        assertThat(accepted()).hasSizeLessThanOrEqualTo(1);
    }

    private static Attempt referring(Content content) {
        Payload payload = new Payload("t", "application/octet-stream", null, "file:///exports/large", null);
        return Samples.attempt("d-uri", payload, content, Map.of());
    }

    @Test
    void a_refusal_for_now_is_retryable() throws Exception {
        AttemptReport report = deliverTo(destination(), Behaviour.REFUSE_FOR_NOW);

        assertThat(report.outcome()).isInstanceOf(Retryable.class);
    }

    @Test
    void delivers_again_after_a_refusal() throws Exception {
        assumeTrue(behaviours().contains(Behaviour.REFUSE_FOR_NOW));
        Sink sink = open(destination());
        next(Behaviour.REFUSE_FOR_NOW);

        assertThat(deliver(sink, attempt("d-later")).outcome()).isInstanceOf(Retryable.class);
        assertThat(deliver(sink, attempt("d-later")).outcome()).isEqualTo(new Delivered());
    }

    @Test
    void a_refusal_for_good_is_permanent() throws Exception {
        AttemptReport report = deliverTo(destination(), Behaviour.REFUSE_FOR_GOOD);

        assertThat(report.outcome()).isInstanceOf(Permanent.class);
    }

    @Test
    void a_throttled_attempt_carries_the_hint() throws Exception {
        AttemptReport report = deliverTo(destination(), Behaviour.THROTTLE);

        assertThat(report.outcome()).isInstanceOf(Throttled.class);
        assertThat(((Throttled) report.outcome()).retryAfter()).isEqualTo(THROTTLE);
    }

    @Test
    void a_peer_that_hangs_before_the_request_costs_no_more_than_the_timeout() throws Exception {
        long start = System.nanoTime();

        AttemptReport report = deliverTo(impatientDestination(), Behaviour.HANG_BEFORE_REQUEST);

        assertThat(report.outcome()).isInstanceOf(Retryable.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SHORT_TOTAL.plus(SLACK));
    }

    @Test
    void a_missing_answer_is_ambiguous() throws Exception {
        long start = System.nanoTime();

        AttemptReport report = deliverTo(impatientDestination(), Behaviour.HANG_AFTER_REQUEST);

        assertThat(report.outcome()).isInstanceOf(Ambiguous.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SHORT_TOTAL.plus(SLACK));
    }

    @Test
    void a_connection_that_breaks_before_the_request_is_retryable() throws Exception {
        AttemptReport report = deliverTo(destination(), Behaviour.BREAK_BEFORE_REQUEST);

        assertThat(report.outcome()).isInstanceOf(Retryable.class);
    }

    @Test
    void a_connection_that_breaks_after_the_request_is_ambiguous() throws Exception {
        AttemptReport report = deliverTo(destination(), Behaviour.BREAK_AFTER_REQUEST);

        assertThat(report.outcome()).isInstanceOf(Ambiguous.class);
    }

    @Test
    void an_endless_answer_is_cut_and_the_delivery_counts() throws Exception {
        AttemptReport report = deliverTo(destination(), Behaviour.FLOOD);

        assertThat(report.outcome()).isEqualTo(new Delivered());
        assertThat(String.valueOf(report.responseExcerpt())).hasSizeLessThanOrEqualTo(AttemptReport.EXCERPT_MAX);
    }

    @Test
    void a_dripping_answer_ends_with_the_total_timeout() throws Exception {
        long start = System.nanoTime();

        AttemptReport report = deliverTo(impatientDestination(), Behaviour.DRIP);

        assertThat(report.outcome()).isEqualTo(new Delivered());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SHORT_TOTAL.plus(SLACK));
    }

    @Test
    void closing_ends_an_attempt_in_flight() throws Exception {
        assumeTrue(behaviours().contains(Behaviour.HANG_AFTER_REQUEST));
        Sink sink = open(destination());
        next(Behaviour.HANG_AFTER_REQUEST);
        FutureTask<AttemptReport> task = inBackground(() -> sink.deliver(attempt("d-closed")));
        awaitInFlight(task);

        sink.close();

        assertThat(task.get(SLACK.toSeconds(), TimeUnit.SECONDS).outcome())
                .isInstanceOfAny(Ambiguous.class, OurFault.class);
    }

    @Test
    void an_attempt_after_closing_charges_nobody() throws Exception {
        Sink sink = open(destination());
        sink.close();

        assertThat(deliver(sink, attempt("d-late")).outcome()).isInstanceOf(OurFault.class);
        assertThat(accepted()).isEmpty();
    }

    @Test
    void an_interrupt_ends_an_attempt_in_flight() throws Exception {
        assumeTrue(behaviours().contains(Behaviour.HANG_AFTER_REQUEST));
        Sink sink = open(destination());
        next(Behaviour.HANG_AFTER_REQUEST);
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            try {
                sink.deliver(attempt("d-interrupted"));
                return false;
            } catch (InterruptedException e) {
                return true;
            }
        });
        Thread thread = Thread.ofVirtual().start(task);
        awaitInFlight(task);

        thread.interrupt();

        assertThat(task.get(SLACK.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void rotated_credentials_hold_for_the_next_attempt() throws Exception {
        Sink sink = open(destination());
        assertThat(deliver(sink, attempt("d-before")).outcome()).isEqualTo(new Delivered());
        assumeTrue(rotateCredentials(), "has no credentials");

        Outcome outcome = deliver(sink, attempt("d-after")).outcome();

        assertThat(outcome).isEqualTo(new Delivered());
    }

    @Test
    void a_connection_test_proves_the_way_and_delivers_nothing() throws Exception {
        expectTest();
        ConnectionReport report = open(destination()).test();

        assertThat(report.success()).isTrue();
        assertThat(report.checks()).isNotEmpty().allMatch(ConnectionReport.Check::passed);
        assertThat(accepted()).isEmpty();
        assertTellsNothing(report.toString());
    }

    @Test
    void a_failed_connection_test_says_what_to_do() throws Exception {
        assumeTrue(behaviours().contains(Behaviour.HANG_BEFORE_REQUEST));
        Sink sink = open(impatientDestination());
        next(Behaviour.HANG_BEFORE_REQUEST);

        ConnectionReport report = sink.test();

        assertThat(report.success()).isFalse();
        assertThat(report.problem()).isNotNull();
        assertThat(report.problem().hint()).isNotBlank();
        assertThat(report.problem().error()).isEqualTo(ConnectionError.TIMEOUT);
        assertThat(report.checks()).anyMatch(check -> !check.passed());
    }

    // --- batches ---------------------------------------------------------------------------------------------------

    private static Attempt member(int number) {
        return Samples.attempt("d-member-" + number, Samples.body("{\"number\":" + number + ",\"name\":\"Müller\"}"));
    }

    private static List<Attempt> members(int count) {
        return IntStream.range(0, count).mapToObj(SinkContractTest::member).toList();
    }

    private static List<Bytes> bodies(List<Attempt> members) {
        return members.stream()
                .map(one -> one.delivery().request().payload().body())
                .toList();
    }

    private BatchSink openBatch(@Nullable Destination destination) {
        assumeTrue(destination != null, "takes one at a time");
        return (BatchSink) open(destination);
    }

    private BatchReport deliverTogether(BatchSink sink, List<Attempt> members) throws Exception {
        BatchReport report = Samples.onVirtualThread(() -> sink.deliverTogether(members));
        assertTellsNothing(report.toString());
        return report;
    }

    private BatchReport deliverTogetherTo(@Nullable Destination destination, Behaviour behaviour) throws Exception {
        BatchSink sink = openBatch(destination);
        assumeTrue(behaviours().contains(behaviour), () -> "cannot " + behaviour);
        // The first attempt in a JVM loads half of it, which no short timeout should measure.
        deliverTogether(openBatch(batchDestination()), List.of(member(99)));
        next(behaviour);
        return deliverTogether(sink, members(3));
    }

    private static List<Outcome> outcomes(BatchReport report) {
        assertThat(report).isInstanceOf(BatchReport.Members.class);
        return ((BatchReport.Members) report)
                .reports().stream().map(AttemptReport::outcome).toList();
    }

    @Test
    void a_batch_delivers_the_exact_bytes_of_each_member() throws Exception {
        BatchSink sink = openBatch(batchDestination());
        List<Attempt> members = members(50);

        BatchReport report = deliverTogether(sink, members);

        assertThat(outcomes(report)).hasSize(50).containsOnly(new Delivered());
        assertThat(acceptedBatches()).containsExactly(bodies(members));
        assertThat(((BatchReport.Members) report).reports())
                .allSatisfy(one -> assertThat(one.bytesSent()).isPositive());
    }

    @Test
    void a_batch_may_have_one_member() throws Exception {
        BatchSink sink = openBatch(batchDestination());

        assertThat(outcomes(deliverTogether(sink, members(1)))).containsExactly(new Delivered());
        assertThat(acceptedBatches()).containsExactly(bodies(members(1)));
    }

    @Test
    void a_batch_may_be_repeated() throws Exception {
        BatchSink sink = openBatch(batchDestination());

        deliverTogether(sink, members(3));
        assertThat(outcomes(deliverTogether(sink, members(3)))).containsOnly(new Delivered());
    }

    @Test
    void the_provider_says_which_travel_together() {
        Destination together = batchDestination();
        assumeTrue(together != null, "takes one at a time");

        assertThat(provider().batches(together, member(1).delivery())).isNotNull();
        assertThat(provider().batches(destination(), member(1).delivery())).isNull();
        Payload reference = new Payload("t", "application/json", null, "file:///exports/large", null);
        Attempt large = Samples.attempt("d-uri", reference, member(1).content(), Map.of());
        assertThat(provider().batches(together, large.delivery())).isNull();
    }

    @Test
    void members_of_a_batch_have_their_own_outcomes() throws Exception {
        List<Outcome> outcomes = outcomes(deliverTogetherTo(batchDestination(), Behaviour.REFUSE_A_MEMBER));

        assertThat(outcomes.get(0)).isEqualTo(new Delivered());
        assertThat(outcomes.get(1)).isInstanceOf(Retryable.class);
        assertThat(outcomes.get(2)).isEqualTo(new Delivered());
    }

    @Test
    void content_that_is_refused_condemns_no_member_but_the_last_one_left() throws Exception {
        BatchReport report = deliverTogetherTo(batchDestination(), Behaviour.REFUSE_CONTENT);

        assertThat(report).isInstanceOf(BatchReport.Refused.class);
        assertThat(((BatchReport.Refused) report).report().outcome()).isInstanceOf(Permanent.class);
        assertThat(((BatchReport.Refused) report).tooLarge()).isFalse();
    }

    @Test
    void the_halves_of_a_refused_batch_are_delivered() throws Exception {
        assertThat(deliverTogetherTo(batchDestination(), Behaviour.REFUSE_CONTENT))
                .isInstanceOf(BatchReport.Refused.class);
        BatchSink sink = openBatch(batchDestination());

        assertThat(outcomes(deliverTogether(sink, members(3).subList(0, 2)))).containsOnly(new Delivered());
        assertThat(outcomes(deliverTogether(sink, members(3).subList(2, 3)))).containsOnly(new Delivered());
    }

    @Test
    void a_batch_that_is_too_large_says_so() throws Exception {
        BatchReport report = deliverTogetherTo(batchDestination(), Behaviour.TOO_LARGE);

        assertThat(report).isInstanceOf(BatchReport.Refused.class);
        assertThat(((BatchReport.Refused) report).tooLarge()).isTrue();
    }

    @Test
    void a_batch_refused_for_now_is_retryable_for_each() throws Exception {
        assertThat(outcomes(deliverTogetherTo(batchDestination(), Behaviour.REFUSE_FOR_NOW)))
                .hasSize(3)
                .allMatch(Retryable.class::isInstance);
    }

    @Test
    void a_destination_that_is_gone_is_so_for_each() throws Exception {
        assertThat(outcomes(deliverTogetherTo(batchDestination(), Behaviour.GONE)))
                .hasSize(3)
                .allMatch(Permanent.class::isInstance);
    }

    @Test
    void a_throttled_batch_carries_the_hint_for_each() throws Exception {
        assertThat(outcomes(deliverTogetherTo(batchDestination(), Behaviour.THROTTLE)))
                .hasSize(3)
                .allSatisfy(one -> assertThat(one)
                        .isInstanceOfSatisfying(
                                Throttled.class,
                                throttled -> assertThat(throttled.retryAfter()).isEqualTo(THROTTLE)));
    }

    @Test
    void a_batch_whose_connection_breaks_after_the_request_is_ambiguous_for_each() throws Exception {
        assertThat(outcomes(deliverTogetherTo(batchDestination(), Behaviour.BREAK_AFTER_REQUEST)))
                .hasSize(3)
                .allMatch(Ambiguous.class::isInstance);
    }

    @Test
    void a_batch_without_an_answer_is_ambiguous_for_each() throws Exception {
        assertThat(outcomes(deliverTogetherTo(impatientBatchDestination(), Behaviour.HANG_AFTER_REQUEST)))
                .hasSize(3)
                .allMatch(Ambiguous.class::isInstance);
    }

    @Test
    void closing_ends_a_batch_in_flight() throws Exception {
        assumeTrue(behaviours().contains(Behaviour.HANG_AFTER_REQUEST));
        BatchSink sink = openBatch(batchDestination());
        next(Behaviour.HANG_AFTER_REQUEST);
        FutureTask<BatchReport> task = inBackground(() -> sink.deliverTogether(members(3)));
        awaitInFlight(task);

        sink.close();

        assertThat(outcomes(task.get(SLACK.toSeconds(), TimeUnit.SECONDS)))
                .hasSize(3)
                .allMatch(one -> one instanceof Ambiguous || one instanceof OurFault);
    }

    @Test
    void an_interrupt_ends_a_batch_in_flight() throws Exception {
        assumeTrue(behaviours().contains(Behaviour.HANG_AFTER_REQUEST));
        BatchSink sink = openBatch(batchDestination());
        next(Behaviour.HANG_AFTER_REQUEST);
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            try {
                sink.deliverTogether(members(3));
                return false;
            } catch (InterruptedException e) {
                return true;
            }
        });
        Thread thread = Thread.ofVirtual().start(task);
        awaitInFlight(task);

        thread.interrupt();

        assertThat(task.get(SLACK.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void a_batch_after_closing_charges_nobody() throws Exception {
        BatchSink sink = openBatch(batchDestination());
        sink.close();

        assertThat(outcomes(deliverTogether(sink, members(3)))).hasSize(3).allMatch(OurFault.class::isInstance);
        assertThat(acceptedBatches()).isEmpty();
    }

    @Test
    void every_behaviour_is_shown_or_cannot_be() {
        assertThat(Collections.disjoint(behaviours(), impossible().keySet())).isTrue();
        Set<Behaviour> all = EnumSet.noneOf(Behaviour.class);
        all.addAll(behaviours());
        all.addAll(impossible().keySet());
        assertThat(all).containsExactlyInAnyOrder(Behaviour.values());
        assertThat(impossible().values())
                .allSatisfy(reason -> assertThat(reason).isNotBlank());
    }

    @Test
    void every_failure_has_a_code_and_a_message() throws Exception {
        for (Behaviour behaviour : Set.of(Behaviour.REFUSE_FOR_NOW, Behaviour.REFUSE_FOR_GOOD)) {
            if (behaviours().contains(behaviour)) {
                Sink sink = open(destination());
                next(behaviour);
                Fault fault = fault(deliver(sink, attempt("d-code-" + behaviour)));
                assertThat(fault.code()).matches("[a-z0-9_]+");
                assertThat(fault.message()).isNotBlank();
            }
        }
    }

    @Test
    void every_setting_is_documented() {
        for (ConfigDef.ConfigKey key : provider().settings().configKeys().values()) {
            assertThat(key.documentation).as(key.name).endsWith(".");
        }
    }

    /// The peer has the request: nothing else in the suite takes so long.
    private static void awaitInFlight(FutureTask<?> task) {
        await().pollDelay(SHORT).atMost(SHORT.plus(SLACK)).until(() -> !task.isDone());
    }

    private static <T> FutureTask<T> inBackground(Callable<T> callable) {
        FutureTask<T> task = new FutureTask<>(callable);
        Thread.ofVirtual().start(task);
        return task;
    }

    private static String sha256(Bytes bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    }
}
