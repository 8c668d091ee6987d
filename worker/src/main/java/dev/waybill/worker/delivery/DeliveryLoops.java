package dev.waybill.worker.delivery;

import dev.waybill.schemas.Kind;
import dev.waybill.schemas.RetryDelay;
import dev.waybill.schemas.Topics;
import dev.waybill.topology.codec.Records;
import dev.waybill.topology.policy.RetryPlan;
import dev.waybill.worker.sink.Payloads;
import dev.waybill.worker.sink.SinkProvider;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// Puts the loops of one worker together.
///
/// @param topics    names of the topics
/// @param records   codec; its registry must answer or fail within a second, because the loop's thread waits for
///                  it
/// @param delays    delays of the retry topics
/// @param workerId  stable over restarts: the new process ends its predecessor's open transactions
/// @param clients   Kafka clients
/// @param payloads  where payloads come from; closed by its owner, after the loops
/// @param clock     the wall clock
public record DeliveryLoops(
        Topics topics,
        Records records,
        List<RetryDelay> delays,
        String workerId,
        LoopClients clients,
        Payloads payloads,
        InstantSource clock,
        AttemptObserver observer,
        LoopMetrics metrics) {

    public DeliveryLoops {
        delays = List.copyOf(delays);
    }

    /// The consumer group of a kind's sink loops.
    public static String sinkGroup(Topics topics, Kind kind) {
        return topics.prefix() + "sink-" + kind.wireName();
    }

    /// The consumer group of the retry forwarders.
    public static String retriesGroup(Topics topics) {
        return topics.prefix() + "retries";
    }

    /// A loop that performs the tasks of a kind. The providers are closed by their owner, after the loop.
    ///
    /// @param number tells several loops of one kind in this worker apart
    public LoopThread sink(Kind kind, int number, Collection<SinkProvider> providers, SinkLoopSettings settings) {
        String name = "sink-" + kind.wireName();
        return new LoopThread(name + "-" + number, () -> openSink(kind, name, number, providers, settings));
    }

    private Loop openSink(
            Kind kind, String name, int number, Collection<SinkProvider> providers, SinkLoopSettings settings) {
        LoopTime time = LoopTime.of(clock);
        TaskRecords tasks = new TaskRecords(topics, records, new RetryPlan(delays));
        OutcomeRecords outcomes = new OutcomeRecords(topics, records, tasks);
        // Attempts run on many threads, and a generator of each of them is found without a lock.
        RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
        return new SinkLoop(
                kind,
                settings,
                records,
                tasks,
                outcomes,
                new Attempts(new OpenSinks(providers), payloads, outcomes, observer, time, random),
                Executors.newThreadPerTaskExecutor(threads(kind, name + "-attempt-")),
                time,
                metrics,
                listener -> log(name, number, List.of(topics.tasks(kind)), health(time), listener));
    }

    /// A virtual thread keeps its carrier while it waits for a file, and a process has few of those: a share that
    /// hangs would stop the attempts of all kinds.
    private static ThreadFactory threads(Kind kind, String name) {
        return kind == Kind.STORAGE
                ? Thread.ofPlatform().daemon().name(name, 0).factory()
                : Thread.ofVirtual().name(name, 0).factory();
    }

    private ToldHealth health(LoopTime time) {
        return new HealthTopic(clients.reader(), topics.destinationHealth(), records, time);
    }

    /// A loop that moves due tasks from the retry topics back to the router.
    public LoopThread retries(int number) {
        Map<String, Duration> byTopic =
                delays.stream().collect(Collectors.toUnmodifiableMap(topics::retries, RetryDelay::delay));
        return new LoopThread(
                "retries-" + number,
                () -> new RetryForwarder(
                        topics,
                        byTopic,
                        records,
                        LoopTime.of(clock),
                        metrics,
                        listener -> log("retries", number, byTopic.keySet(), ToldHealth.NONE, listener)));
    }

    private TaskLog log(
            String role, int number, Collection<String> from, ToldHealth health, TaskLog.Listener listener) {
        String transactionalId = topics.prefix() + role + "-" + workerId + "-" + number;
        return new KafkaTaskLog(
                clients.consumer(topics.prefix() + role),
                () -> clients.producer(transactionalId),
                from,
                health,
                listener);
    }
}
