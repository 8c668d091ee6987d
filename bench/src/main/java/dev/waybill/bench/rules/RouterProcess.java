package dev.waybill.bench.rules;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.Destination;
import dev.waybill.bench.bed.ParentWatch;
import dev.waybill.bench.load.Payloads;
import dev.waybill.bench.report.Percentiles;
import dev.waybill.bench.rules.RouterLimit.Measured;
import dev.waybill.bench.rules.RouterLimit.Routing;
import dev.waybill.schemas.Keys;
import dev.waybill.schemas.Topics;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.topology.RouterSettings;
import dev.waybill.topology.RouterStreams;
import dev.waybill.topology.RouterTopology;
import dev.waybill.topology.RouterTracing;
import dev.waybill.topology.codec.Records;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.routing.ConfigurationView;
import dev.waybill.topology.routing.Installation;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;

/// The router's process: writes the rules, reads them in three ways, and routes by them.
final class RouterProcess {

    private static final int RULES = 10;

    /// Organizations that requests are for; the others only have rules.
    private static final int ASKED = 10_000;

    private static final int ROUNDS = 3;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final long LOOK_NANOS = 1_000_000;
    private static final long MIB = 1L << 20;

    private final String bootstrapServers;
    private final Topics topics;
    private final String state;
    private final int organizations;
    private final int requests;
    private final AvroCodec codec;
    private final Records records;
    private final KafkaProducer<String, byte[]> producer;
    private final CountedRequests counted = new CountedRequests();
    private int sent;
    private long recordBytes;

    private RouterProcess(String[] arguments) {
        bootstrapServers = arguments[0];
        codec = AvroCodec.of(Map.of("schema.registry.url", arguments[1]));
        topics = new Topics(arguments[2]);
        state = arguments[3];
        organizations = Integer.parseInt(arguments[4]);
        requests = Integer.parseInt(arguments[5]);
        records = new Records(codec, topics, "bench");
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "linger.ms", 5, "batch.size", 128 << 10),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    /// Prints one line with all figures.
    ///
    /// @param arguments broker, registry, prefix, folder of the state, number of organizations, of requests
    public static void main(String[] arguments) throws InterruptedException {
        ParentWatch.start();
        System.out.println(RouterLimit.line(new RouterProcess(arguments).measure()));
        System.exit(0);
    }

    /// A start of the router: what it read, and how fast.
    private record Started(RouterTopology topology, KafkaStreams streams, double restored, double seconds) {}

    private Measured measure() throws InterruptedException {
        write();
        int rules = organizations * RULES;
        // The first turns warm up.
        var _ = consumed();
        var _ = decoded();
        double decoded = decoded();
        start(rules).streams().close();
        List<Double> consumed = new ArrayList<>();
        List<Double> restored = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        List<Double> seconds = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            consumed.add(consumed());
            Started started = start(rules);
            started.streams().close();
            restored.add(started.restored());
            ratios.add(started.restored() / consumed.getLast());
            seconds.add(started.seconds());
        }
        long empty = heap();
        Started started = start(rules);
        try (KafkaStreams streams = started.streams()) {
            await(() -> streams.state() == KafkaStreams.State.RUNNING);
            long full = heap();
            for (int i = 0; i < organizations; i++) {
                var _ = started.topology().configuration().rules(organization(i));
            }
            long indexed = heap();
            var _ = route(true);
            var _ = route(false);
            List<Routing> named = new ArrayList<>();
            List<Routing> byRules = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                named.add(route(true));
                byRules.add(route(false));
            }
            if (counted.lost() > 0) {
                throw new IllegalStateException(counted.lost() + " records came to nothing");
            }
            return new Measured(
                    rules,
                    (double) (full - empty) / rules,
                    (double) (indexed - empty) / rules,
                    (double) recordBytes / rules,
                    median(consumed),
                    decoded,
                    median(restored),
                    median(ratios),
                    median(seconds),
                    Routing.median(named),
                    Routing.median(byRules));
        }
    }

    /// Starts a router; returns when it has read its configuration.
    private Started start(int rules) throws InterruptedException {
        RouterTopology topology = new RouterTopology(
                RouterSettings.defaults(topics, partitions()),
                records,
                InstantSource.system(),
                counted,
                RouterTracing.NONE);
        KafkaStreams streams = new KafkaStreams(
                topology.build(),
                RouterStreams.properties(RouterStreams.applicationId(topics.prefix()), bootstrapServers, state, 1, 0));
        long start = System.nanoTime();
        // It returns only when all is read.
        Thread starting = Thread.ofPlatform().start(streams::start);
        double restored = restored(topology, rules);
        starting.join();
        return new Started(topology, streams, restored, (System.nanoTime() - start) / 1e9);
    }

    private static String organization(int number) {
        return "org" + number;
    }

    private void write() {
        for (int i = 0; i < organizations; i++) {
            RuleSamples samples = new RuleSamples(organization(i), RULES);
            for (DefaultDestinationRule rule : samples.rules()) {
                String key = Keys.rule(rule.getOrganizationId(), rule.getRuleId());
                byte[] value = codec.encode(topics.rules(), rule);
                recordBytes += key.length() + value.length;
                var _ = producer.send(new ProducerRecord<>(topics.rules(), key, value));
            }
            if (i < ASKED) {
                for (Destination destination : samples.destinations()) {
                    var _ = producer.send(new ProducerRecord<>(
                            topics.destinations(),
                            Keys.destination(destination.getOrganizationId(), destination.getDestinationId()),
                            codec.encode(topics.destinations(), destination)));
                }
            }
        }
        producer.flush();
    }

    private int partitions() {
        return producer.partitionsFor(topics.requests()).size();
    }

    // --- reading ----------------------------------------------------------------------------------------------------

    /// What the broker delivers to one who only counts.
    private double consumed() {
        int[] read = {0};
        long start = System.nanoTime();
        read(record -> read[0]++);
        return read[0] / ((System.nanoTime() - start) / 1e9);
    }

    /// What the router's code takes from memory.
    private double decoded() {
        List<ConsumerRecord<String, byte[]>> all = new ArrayList<>();
        read(all::add);
        ConfigurationView view = new ConfigurationView(Installation.unknown());
        long start = System.nanoTime();
        for (ConsumerRecord<String, byte[]> record : all) {
            view.put(record.key(), records.rule(Bytes.of(record.value())));
        }
        return all.size() / ((System.nanoTime() - start) / 1e9);
    }

    private void read(Consumer<ConsumerRecord<String, byte[]>> reader) {
        TopicPartition rules = new TopicPartition(topics.rules(), 0);
        // As many at a time as Streams asks for.
        try (var consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "enable.auto.commit",
                        false,
                        "max.poll.records",
                        1_000,
                        "auto.offset.reset",
                        "earliest"),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(rules));
            long end = consumer.endOffsets(List.of(rules)).values().iterator().next();
            while (consumer.position(rules) < end) {
                consumer.poll(POLL).forEach(reader);
            }
        }
    }

    /// From the first rules to the last one.
    private double restored(RouterTopology topology, int rules) {
        await(() -> applied(topology) > 0);
        long first = applied(topology);
        long start = System.nanoTime();
        await(() -> applied(topology) >= rules);
        return first == rules ? Double.NaN : (rules - first) / ((System.nanoTime() - start) / 1e9);
    }

    private long applied(RouterTopology topology) {
        return topology.applied(topics.rules()).orElse(0L);
    }

    /// Used after two collections.
    private static long heap() {
        System.gc();
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        long used = runtime.totalMemory() - runtime.freeMemory();
        System.out.println("heap " + used / MIB + " MiB");
        return used;
    }

    // --- routing ----------------------------------------------------------------------------------------------------

    /// Routes so many requests, which are written meanwhile.
    private Routing route(boolean named) {
        Random random = new Random(sent);
        long before = counted.taken();
        long cpu = cpu();
        long start = System.nanoTime();
        for (int i = 0; i < requests; i++) {
            int number = i % Math.min(ASKED, organizations);
            RuleSamples samples = new RuleSamples(organization(number), RULES);
            DeliveryRequest request = samples.request("d-" + sent, random, Payloads.of(number));
            if (named) {
                request.setDestinationIds(List.of(samples.destination(i % RuleSamples.DESTINATIONS)));
            }
            sent++;
            var _ = producer.send(new ProducerRecord<>(
                    topics.requests(), request.getOrganizationId(), codec.encode(topics.requests(), request)));
        }
        producer.flush();
        await(() -> counted.taken() - before >= requests);
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Routing(requests / seconds, (cpu() - cpu) / 1e3 / requests);
    }

    /// Of the thread that routes.
    private static long cpu() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(thread -> thread != null && isRouting(thread))
                .mapToLong(thread -> threads.getThreadCpuTime(thread.getThreadId()))
                .sum();
    }

    private static boolean isRouting(ThreadInfo thread) {
        return thread.getThreadName().matches(".*-StreamThread-\\d+");
    }

    private static double median(List<Double> rounds) {
        return Percentiles.median(
                rounds.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private static void await(BooleanSupplier done) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!done.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("nothing for " + PATIENCE);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
