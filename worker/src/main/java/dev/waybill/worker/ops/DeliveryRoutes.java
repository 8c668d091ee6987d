package dev.waybill.worker.ops;

import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.schemas.Headers;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import tools.jackson.databind.node.ObjectNode;

/// Asks for deliveries, and shows what became of them.
final class DeliveryRoutes {

    /// As W3C recommends to pass on.
    private static final int TRACE_MAX = 512;

    private final DeliveryLookup lookup;
    private final DeliveryJson json;
    private final RequestWriter writer;
    private final ResultWatch results;
    private final String requestTopic;
    private final Duration waitMax;
    private final InstantSource clock;

    /// @param waitMax longest time a request may wait for a result
    DeliveryRoutes(
            DeliveryLookup lookup,
            DeliveryJson json,
            RequestWriter writer,
            ResultWatch results,
            String requestTopic,
            Duration waitMax,
            InstantSource clock) {
        this.lookup = lookup;
        this.json = json;
        this.writer = writer;
        this.results = results;
        this.requestTopic = requestTopic;
        this.waitMax = waitMax;
        this.clock = clock;
    }

    void register(RoutesConfig routes) {
        routes.get("/v1/deliveries/{delivery}", this::show);
        routes.post("/v1/organizations/{organization}/deliveries", this::deliver);
    }

    private void show(Context context) {
        String organization = Json.queriedOrganization(context);
        String deliveryId = context.pathParam("delivery");
        Record found = lookup.find(organization, deliveryId)
                .orElseThrow(() -> ProblemException.notFound("the organization has no delivery " + deliveryId
                        + "; one that was asked for a moment ago may not be in the database yet"));
        Json.answer(context, HttpStatus.OK, Json.tree(found));
    }

    private void deliver(Context context) throws InterruptedException {
        String organization = Json.organization(context);
        Duration wait = wait(context);
        DeliveryRequest request = json.read(Json.body(context), organization, clock.instant(), Audit.who(context));
        if (wait.isZero()) {
            accepted(context, request, write(request, trace(context)));
            return;
        }
        try (ResultWatch.Expected expected = results.expect(request.getDeliveryId())) {
            RecordMetadata written = write(request, trace(context));
            Optional<DeliveryResult> result = expected.await(wait);
            if (result.isPresent()) {
                Json.answer(context, HttpStatus.OK, AvroJson.object(result.get()));
            } else {
                accepted(context, request, written);
            }
        }
    }

    private RecordMetadata write(DeliveryRequest request, List<Header> headers) {
        try {
            return writer.request(requestTopic, request, headers);
        } catch (KafkaException e) {
            throw new ProblemException(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "the request could not be written: " + e.getMessage()
                            + "; repeat it with the same deliveryId, which is delivered once");
        }
    }

    /// The caller's trace context goes with the request.
    private static List<Header> trace(Context context) {
        List<Header> headers = new ArrayList<>();
        for (String name : List.of(Headers.TRACEPARENT, Headers.TRACESTATE)) {
            String value = context.header(name);
            if (value != null && value.length() <= TRACE_MAX) {
                headers.add(new RecordHeader(name, Headers.bytes(value)));
            }
        }
        return headers;
    }

    private static void accepted(Context context, DeliveryRequest request, RecordMetadata written) {
        ObjectNode body = Json.object();
        body.put("deliveryId", request.getDeliveryId());
        body.put("organizationId", request.getOrganizationId());
        body.put("status", "accepted");
        body.put("requestTopic", written.topic());
        body.put("requestPartition", written.partition());
        body.put("requestOffset", written.offset());
        Json.answer(context, HttpStatus.ACCEPTED, body);
    }

    /// `?wait=30` in seconds; none by default.
    private Duration wait(Context context) {
        String text = context.queryParam("wait");
        try {
            Duration wait = text == null ? Duration.ZERO : Duration.ofSeconds(Long.parseUnsignedLong(text));
            return wait.compareTo(waitMax) > 0 ? waitMax : wait;
        } catch (NumberFormatException | ArithmeticException _) {
            throw ProblemException.badRequest("wait is a whole number of seconds, not " + text);
        }
    }
}
