package dev.waybill.worker.projector.fold;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// Histories of deliveries as they could have been: several routes, retries, failovers, late settlements,
/// and two routes that meet at one destination with equal ranks.
public final class GeneratedEvents {

    private static final List<RouteStatus> ENDS =
            List.of(RouteStatus.DELIVERED, RouteStatus.FAILED, RouteStatus.EXPIRED, RouteStatus.CANCELLED);

    private final RandomGenerator random;
    private final String organization;
    private final List<UUID> destinations = new ArrayList<>();

    public GeneratedEvents(RandomGenerator random, String organization, int destinations) {
        this.random = random;
        this.organization = organization;
        for (int i = 0; i < destinations; i++) {
            this.destinations.add(new UUID(random.nextLong(), random.nextLong()));
        }
    }

    public List<DeliveryEvent> deliveries(int count) {
        var events = new ArrayList<DeliveryEvent>();
        for (int i = 0; i < count; i++) {
            events.addAll(delivery(organization + "-" + i));
        }
        return events;
    }

    private List<DeliveryEvent> delivery(String id) {
        var events = new ArrayList<DeliveryEvent>();
        Instant queuedAt = Events.QUEUED_AT.plusNanos(random.nextLong(1_000_000_000L) * 1_000);
        int routes = 1 + random.nextInt(3);
        for (int route = 0; route < routes; route++) {
            route(id, queuedAt, route, routes, events);
        }
        if (random.nextInt(10) > 0) {
            events.add(Events.event(DeliveryEvent.Type.SETTLED, 1_000)
                    .delivery(id)
                    .organization(organization)
                    .queuedAt(queuedAt)
                    .route(-1, routes)
                    .destination(null)
                    .status(null)
                    .deliveryStatus(random.nextBoolean() ? "delivered" : "partial")
                    .build());
        }
        return events;
    }

    private void route(String id, Instant queuedAt, int route, int routes, List<DeliveryEvent> events) {
        int candidates = 1 + random.nextInt(2);
        long rank = 0;
        for (int candidate = 0; candidate < candidates; candidate++) {
            UUID destination = destinations.get(random.nextInt(destinations.size()));
            int attempts = random.nextInt(4);
            events.add(next(
                            DeliveryEvent.Type.QUEUED,
                            rank++,
                            id,
                            queuedAt,
                            route,
                            routes,
                            destination,
                            RouteStatus.QUEUED)
                    .deliveryStatus(candidate == 0 ? "queued" : null)
                    .build());
            for (int attempt = 1; attempt <= attempts; attempt++) {
                boolean last = attempt == attempts;
                RouteStatus status = last ? ENDS.get(random.nextInt(ENDS.size())) : RouteStatus.RETRYING;
                events.add(next(DeliveryEvent.Type.ATTEMPT, rank++, id, queuedAt, route, routes, destination, status)
                        .attempts(attempt)
                        .response(status == RouteStatus.DELIVERED ? 200 : 503, last ? null : "http_503")
                        .build());
            }
            if (random.nextInt(3) == 0) {
                events.add(next(
                                DeliveryEvent.Type.SETTLED,
                                rank++,
                                id,
                                queuedAt,
                                route,
                                routes,
                                destination,
                                RouteStatus.EXPIRED)
                        .reason("expired")
                        .attempts(attempts)
                        .build());
            }
        }
    }

    private Events.Builder next(
            DeliveryEvent.Type type,
            long rank,
            String id,
            Instant queuedAt,
            int route,
            int routes,
            UUID destination,
            RouteStatus status) {
        return Events.event(type, rank)
                .delivery(id)
                .organization(organization)
                .queuedAt(queuedAt)
                .route(route, routes)
                .destination(destination)
                .status(status)
                // Clocks of several machines: times do not follow ranks.
                .at(queuedAt.plusNanos(random.nextLong(60_000_000L) * 1_000));
    }
}
