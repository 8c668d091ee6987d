package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryAttempt;
import dev.waybill.schemas.registry.InMemorySchemaRegistry;
import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.Payloads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AttemptsTest {

    private final InMemorySchemaRegistry schemas = new InMemorySchemaRegistry();
    private final FlakyRegistry registry = new FlakyRegistry(schemas);
    private final Samples samples = new Samples(registry);
    private final HandMovedTime time = new HandMovedTime();
    private int played;
    private int givenBack;

    @AfterEach
    void takeBackTheInterrupt() {
        Thread.interrupted();
    }

    private Attempts attempts(ScriptedProvider.Script script, AttemptObserver observer) {
        ScriptedProvider provider = new ScriptedProvider((destination, attempt) -> {
            played++;
            return script.play(destination, attempt);
        });
        return new Attempts(
                new OpenSinks(List.of(provider)), Payloads.INLINE, samples.outcomes, observer, time, new Random(1));
    }

    private Work work() {
        return Samples.work(samples.task("d-1", samples.destination("a")), 0);
    }

    private AttemptReport delivered() {
        return AttemptReport.of(new Outcome.Delivered(), time.now(), Duration.ZERO);
    }

    private DeliveryAttempt event(Ended ended) {
        return samples.codec.decode(ended.records().getFirst().value(), DeliveryAttempt.class);
    }

    /// A resolver that is busy says nothing about the destination, whatever part of the network it belongs to.
    @Test
    void aConnectionTestThatFailsForAReasonOfOursSaysNothing() {
        ScriptedProvider provider = new ScriptedProvider((_, _) -> delivered());
        Attempts attempts = new Attempts(
                new OpenSinks(List.of(provider)),
                Payloads.INLINE,
                samples.outcomes,
                AttemptObserver.NONE,
                time,
                new Random(1));
        assertThat(attempts.failsTest(samples.destination("a"))).isFalse();
        provider.testFault = Fault.of(ErrorCategory.DNS, "resolver_busy", "too many");
        assertThat(attempts.failsTest(samples.destination("a"))).isTrue();
        provider.testFaultIsOurs = true;
        assertThat(attempts.failsTest(samples.destination("a"))).isFalse();
    }

    @Test
    void tellsWhatTheSinkSaw() throws InterruptedException {
        Ended ended = attempts((_, _) -> delivered(), AttemptObserver.NONE)
                .make(work())
                .ended()
                .getFirst();

        assertThat(event(ended).getOutcome()).isEqualTo("Delivered");
        assertThat(played).isOne();
    }

    @Test
    void aSinkThatThrowsIsOurFault() throws InterruptedException {
        List<Throwable> thrown =
                List.of(new IllegalStateException(), new NoClassDefFoundError(), new StackOverflowError());
        for (Throwable one : thrown) {
            Ended ended = attempts((_, _) -> sneak(one), AttemptObserver.NONE)
                    .make(work())
                    .ended()
                    .getFirst();

            assertThat(event(ended).getOutcome()).isEqualTo("OurFault");
            assertThat(event(ended).getErrorCode()).isEqualTo("sink_error");
            assertThat(event(ended).getStatus()).isEqualTo("retrying");
        }
    }

    @Test
    void settingsThatCannotWorkArePermanent() throws InterruptedException {
        ScriptedProvider provider = new ScriptedProvider((_, _) -> delivered()) {
            @Override
            public dev.waybill.worker.sink.Sink open(dev.waybill.topology.model.Destination destination) {
                throw new ConfigException("url", null, "it is missing");
            }
        };
        Attempts attempts = new Attempts(
                new OpenSinks(List.of(provider)),
                Payloads.INLINE,
                samples.outcomes,
                AttemptObserver.NONE,
                time,
                new Random(1));

        Ended ended = attempts.make(work()).ended().getFirst();

        assertThat(event(ended).getOutcome()).isEqualTo("Permanent");
        assertThat(event(ended).getErrorCode()).isEqualTo("invalid_settings");
        assertThat(event(ended).getStatus()).isEqualTo("failed");
    }

    @Test
    void makesNoAttemptAtOrAfterTheDeliverysEnd() throws InterruptedException {
        Work work = work();
        Attempts attempts = attempts((_, _) -> delivered(), AttemptObserver.NONE);
        time.move(work.destination().policy().maxAge().minusNanos(1_000));
        attempts.make(work);
        assertThat(played).isOne();

        time.move(Duration.ofNanos(1_000));
        assertThat(event(attempts.make(work).ended().getFirst()).getStatus()).isEqualTo("expired");
        assertThat(played).isOne();
    }

    @Test
    void anOutcomeWaitsForTheRegistry() throws InterruptedException {
        Work work = work();
        registry.reachable(false);
        time.whileSleeping(
                () -> registry.reachable(time.nanos() >= Duration.ofSeconds(3).toNanos()));

        Ended ended = attempts((_, _) -> delivered(), AttemptObserver.NONE)
                .make(work)
                .ended()
                .getFirst();

        assertThat(event(ended).getOutcome()).isEqualTo("Delivered");
        assertThat(played).isOne();
        assertThat(time.nanos()).isEqualTo(Duration.ofSeconds(3).toNanos());
    }

    private Attempts fetching(String sha256) {
        Payloads payloads =
                _ -> new Payloads.Fetched.There(new Content.Inline(Bytes.of(new byte[5])), sha256, () -> givenBack++);
        ScriptedProvider provider = new ScriptedProvider((_, attempt) -> {
            played++;
            assertThat(attempt.content().size()).isEqualTo(5);
            Fault fault = Fault.of(ErrorCategory.RESPONSE, "http_503", null);
            return AttemptReport.of(new Outcome.Retryable(fault, null), time.now(), Duration.ZERO);
        });
        return new Attempts(
                new OpenSinks(List.of(provider)),
                payloads,
                samples.outcomes,
                AttemptObserver.NONE,
                time,
                new Random(1));
    }

    /// Some of what was there before may have arrived.
    @Test
    void aPayloadByReferenceStaysWhatItWas() throws InterruptedException {
        Ended ended = fetching("first").make(work()).ended().getFirst();
        assertThat(event(ended).getPayloadHash()).isEqualTo("first");
        assertThat(event(ended).getPayloadSize()).isEqualTo(5);
        Task retry = samples.records.task(Bytes.of(ended.records().getLast().value()));
        assertThat(retry.delivery().payloadHash()).isEqualTo("first");

        assertThat(event(fetching("first").make(Samples.work(retry, 2)).ended().getFirst())
                        .getErrorCode())
                .isEqualTo("http_503");
        assertThat(played).isEqualTo(2);
        Ended changed = fetching("second").make(Samples.work(retry, 3)).ended().getFirst();
        assertThat(event(changed).getErrorCode()).isEqualTo("payload_changed");
        assertThat(event(changed).getStatus()).isEqualTo("failed");
        assertThat(played).isEqualTo(2);
        assertThat(givenBack).isEqualTo(3);
    }

    /// Never retried without a charge: it may have been delivered each time.
    @Test
    void anOutcomeThatCannotBeToldIsAmbiguous() throws InterruptedException {
        AttemptObserver broken = (_, _, _) -> new AttemptObserver.Observation() {
            @Override
            public Map<String, String> traceHeaders() {
                return Map.of();
            }

            @Override
            public void end(AttemptReport report, dev.waybill.topology.policy.Decision decision) {
                throw new IllegalStateException("broken");
            }
        };

        Ended ended =
                attempts((_, _) -> delivered(), broken).make(work()).ended().getFirst();

        assertThat(event(ended).getOutcome()).isEqualTo("Ambiguous");
        assertThat(event(ended).getErrorCode()).isEqualTo("outcome_lost");
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> AttemptReport sneak(Throwable thrown) throws E {
        throw (E) thrown;
    }
}
