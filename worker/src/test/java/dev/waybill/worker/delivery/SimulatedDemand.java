package dev.waybill.worker.delivery;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Task;
import dev.waybill.worker.sink.BatchLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/// What organizations ask for: destinations with policies of every kind, and deliveries of one route or several.
final class SimulatedDemand {

    private static final int ORGANIZATIONS_MAX = 3;
    private static final int DESTINATIONS_MAX = 4;
    private static final int ROUTES_MAX = 3;

    private final Random random;
    private final Samples samples;
    /// By organization.
    private final List<List<Destination>> destinations = new ArrayList<>();

    private int deliveries;

    SimulatedDemand(Random random, Samples samples) {
        this.random = random;
        this.samples = samples;
        int organizations = random.nextInt(1, ORGANIZATIONS_MAX + 1);
        for (int o = 0; o < organizations; o++) {
            List<Destination> own = new ArrayList<>();
            int count = random.nextInt(1, DESTINATIONS_MAX + 1);
            for (int d = 0; d < count; d++) {
                own.add(samples.destination("org" + o, "org" + o + "-d" + d, policy()));
            }
            destinations.add(own);
        }
    }

    private DeliveryPolicy policy() {
        boolean limited = random.nextInt(3) == 0;
        int concurrency = random.nextInt(1, 7);
        boolean soonGivenUp = random.nextInt(8) == 0;
        return DeliveryPolicy.newBuilder()
                .setMaxAttempts(random.nextInt(1, 4))
                .setDelaysMs(List.of(300L, 1_000L, 6_000L))
                .setTotalTimeoutMs(2_000L)
                .setConcurrency(concurrency)
                .setMinConcurrency(random.nextBoolean() ? 1 : concurrency)
                .setRatePermits(limited ? random.nextInt(1, 5) : null)
                .setRatePeriodMs(limited ? 1_000L : null)
                .setBreakerMinVolume(random.nextInt(2, 11))
                .setBreakerOpenMs(random.nextLong(500, 30_000))
                .setBreakerProbes(random.nextInt(1, 4))
                .setDisableAfterFailures(soonGivenUp ? 3 : null)
                .setDisableAfterMs(soonGivenUp ? 1_000L : null)
                .build();
    }

    List<Destination> destinations() {
        return destinations.stream().flatMap(List::stream).toList();
    }

    /// Some destinations take several payloads in a call.
    Map<UUID, BatchLimits> batches() {
        Map<UUID, BatchLimits> limits = new HashMap<>();
        for (Destination destination : destinations()) {
            if (random.nextBoolean()) {
                limits.put(
                        destination.id(),
                        new BatchLimits(
                                random.nextInt(1, 8),
                                random.nextInt(1, 20),
                                Duration.ofMillis(random.nextInt(4) * 40L)));
            }
        }
        return limits;
    }

    /// The tasks of one more delivery, one for each of its routes.
    List<Task> next() {
        List<Destination> own = destinations.get(random.nextInt(destinations.size()));
        Delivery delivery = samples.delivery(own.getFirst().organizationId(), "delivery-" + deliveries++);
        int routes = random.nextInt(5) == 0 ? random.nextInt(2, ROUTES_MAX + 1) : 1;
        List<Task> tasks = new ArrayList<>();
        for (int number = 0; number < routes; number++) {
            Destination first = own.get(random.nextInt(own.size()));
            Destination second = own.get(random.nextInt(own.size()));
            Destination[] candidates =
                    first.equals(second) ? new Destination[] {first} : new Destination[] {first, second};
            tasks.add(new Task(delivery, Samples.route(number, routes, candidates), first));
        }
        return tasks;
    }

    int deliveries() {
        return deliveries;
    }
}
