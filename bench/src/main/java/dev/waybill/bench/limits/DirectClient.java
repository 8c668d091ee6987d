package dev.waybill.bench.limits;

import dev.waybill.bench.bed.ForkedJvm;
import dev.waybill.bench.bed.Installation;
import dev.waybill.bench.bed.ParentWatch;
import dev.waybill.bench.bed.TestBed;
import dev.waybill.bench.load.Payloads;
import dev.waybill.bench.load.Population;
import dev.waybill.bench.load.Run;
import dev.waybill.bench.receiver.Behaviour;
import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Origin;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Policy;
import dev.waybill.worker.app.Sinks;
import dev.waybill.worker.config.WorkerConfig;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.SinkProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.utils.Utils;

/// The webhook sink by itself, on virtual threads as in the worker: no Kafka, no decisions, no records.
public final class DirectClient {

    /// As many as a sink loop has slots.
    private static final int SLOTS = 1_000;

    private static final Pattern DONE = Pattern.compile("^done (\\S+) (\\S+)$", Pattern.MULTILINE);

    private final List<Sink> sinks;
    private final List<Destination> destinations;

    private DirectClient(SinkProvider provider, List<Destination> destinations) {
        this.destinations = destinations;
        this.sinks = destinations.stream().map(provider::open).toList();
    }

    /// What it came to.
    ///
    /// @param cpuMillis of its process, for each request
    public record Measured(double perSecond, double cpuMillis) {}

    /// Measures it in a process of its own.
    public static Measured measure(
            TestBed bed, Installation installation, Behaviour behaviour, int warmUp, int requests) {
        String name = "direct" + behaviour.path().replaceAll("\\D", "");
        Run.create(bed.receipts(), name, Math.max(warmUp, requests));
        try (ForkedJvm process = ForkedJvm.start(
                "direct",
                bed.directory(),
                System.getProperty("java.class.path"),
                DirectClient.class.getName(),
                installation.configFile().toString(),
                String.join(",", bed.hosts()),
                behaviour.path(),
                name,
                String.valueOf(warmUp),
                String.valueOf(requests))) {
            Matcher done = process.await(DONE, Duration.ofMinutes(5));
            double seconds = Double.parseDouble(done.group(1));
            return new Measured(requests / seconds, Double.parseDouble(done.group(2)) / requests);
        }
    }

    /// The process.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        ParentWatch.start();
        Properties settings = new Properties();
        try (var in = Files.newBufferedReader(Path.of(arguments[0]))) {
            settings.load(in);
        }
        Map<String, String> config = settings.stringPropertyNames().stream()
                .collect(Collectors.toMap(Function.identity(), settings::getProperty));
        Population population = Population.of("direct", List.of(arguments[1].split(",")), Behaviour.of(arguments[2]));
        try (Sinks open = Sinks.open(WorkerConfig.of(config, Map.of()))) {
            DirectClient client = new DirectClient(
                    open.providers().getFirst(),
                    population.customers().stream()
                            .map(DirectClient::destination)
                            .toList());
            client.send(arguments[3], Integer.parseInt(arguments[4]));
            long start = System.nanoTime();
            Duration before = cpu();
            client.send(arguments[3], Integer.parseInt(arguments[5]));
            System.out.println("done " + (System.nanoTime() - start) / 1e9 + " "
                    + cpu().minus(before).toNanos() / 1e6);
        }
    }

    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static Destination destination(Population.Customer customer) {
        return new Destination(
                customer.destination(),
                customer.organization(),
                "hook",
                Kind.WEBHOOK,
                "webhook",
                true,
                Map.of("url", customer.url()),
                Policy.defaults(Kind.WEBHOOK),
                null,
                Map.of(),
                1,
                Bytes.of(new byte[0]));
    }

    private void send(String run, int requests) throws InterruptedException {
        Semaphore slots = new Semaphore(SLOTS);
        AtomicInteger failed = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < requests; i++) {
                slots.acquire();
                int number = i;
                threads.execute(() -> {
                    if (!isDelivered(run, number)) {
                        failed.incrementAndGet();
                    }
                    slots.release();
                });
            }
        }
        if (failed.get() > 0) {
            throw new IllegalStateException(failed.get() + " requests failed");
        }
    }

    private boolean isDelivered(String run, int number) {
        int index = number % sinks.size();
        try {
            Delivery delivery = delivery(run + "-" + number, destinations.get(index), number);
            Content content = new Content.Inline(
                    Objects.requireNonNull(delivery.request().payload().body()));
            Attempt attempt = new Attempt(delivery, content, 1, Map.of());
            return sinks.get(index).deliver(attempt).outcome() instanceof Outcome.Delivered;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Delivery delivery(String id, Destination destination, int number) {
        Instant now = Instant.now();
        byte[] body = Payloads.of(number);
        Request request = new Request(
                id,
                destination.organizationId(),
                new Payload("bench.event", "application/json", Bytes.of(body), null, null),
                List.of(destination.id().toString()),
                null,
                List.of(),
                null,
                null,
                null,
                null,
                Map.of(),
                null,
                null,
                Map.of(),
                now,
                null);
        return new Delivery(request, Bytes.of(Utils.utf8(id)), new Origin("none", 0, number), now, body.length, null);
    }
}
