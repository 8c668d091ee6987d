package dev.waybill.topology;

import dev.waybill.topology.codec.Records;
import dev.waybill.topology.policy.RetryPlan;
import dev.waybill.topology.routing.Advance;
import dev.waybill.topology.routing.Configuration;
import java.time.InstantSource;
import org.apache.kafka.streams.processor.api.ProcessorContext;

/// What a router is made of, the same for all of its partitions.
record RouterParts(
        RouterSettings settings,
        Records records,
        Configuration configuration,
        InstantSource clock,
        RouterMetrics metrics,
        RouterTracing tracing) {

    Outbox outbox(ProcessorContext<byte[], byte[]> context) {
        return new Outbox(context, records, settings.topics());
    }

    SeenRequests seen(ProcessorContext<byte[], byte[]> context) {
        return new SeenRequests(context.getStateStore(RouterTopology.SEEN_REQUESTS), settings.deduplicationTime());
    }

    Dispatcher dispatcher(ProcessorContext<byte[], byte[]> context) {
        return new Dispatcher(
                configuration,
                new Advance(new RetryPlan(settings.retryDelays()), settings.resolutionGrace()),
                new OpenDeliveries(context.getStateStore(RouterTopology.OPEN_DELIVERIES), records),
                seen(context),
                outbox(context),
                metrics,
                tracing);
    }
}
