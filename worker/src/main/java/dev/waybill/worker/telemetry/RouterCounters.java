package dev.waybill.worker.telemetry;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.RouterMetrics;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import java.util.EnumMap;
import java.util.Map;

/// Counts what the router tells.
public final class RouterCounters implements RouterMetrics {

    private static final Attributes ACCEPTED = Attributes.of(Names.OUTCOME, "accepted");
    private static final Attributes DUPLICATE = Attributes.of(Names.OUTCOME, "duplicate");
    private static final Attributes REPEATED = Attributes.of(Names.OUTCOME, "repeated");
    private static final Attributes REKEYED = Attributes.of(Names.OUTCOME, "rekeyed");

    private final LongCounter requests;
    private final LongCounter poison;
    private final LongCounter refused;
    private final LongCounter queued;
    private final LongCounter stale;
    private final Map<Kind, Attributes> kinds = kinds();

    public RouterCounters(Meter meter) {
        requests = meter.counterBuilder(Names.REQUESTS)
                .setDescription("Requests read, by what became of them")
                .build();
        poison = meter.counterBuilder(Names.POISON)
                .setDescription("Records that could not be read and went to the dead letters")
                .build();
        refused = meter.counterBuilder(Names.CONFIGURATION_REFUSED)
                .setDescription("Configuration records that were refused; the last good version stays in force")
                .build();
        queued = meter.counterBuilder(Names.QUEUED)
                .setDescription("Routes given to a sink")
                .build();
        stale = meter.counterBuilder(Names.STALE)
                .setDescription("Returns for routes that had ended")
                .build();
    }

    static Map<Kind, Attributes> kinds() {
        Map<Kind, Attributes> kinds = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            kinds.put(kind, Attributes.of(Names.KIND, kind.wireName()));
        }
        return kinds;
    }

    @Override
    public void accepted() {
        requests.add(1, ACCEPTED);
    }

    @Override
    public void rejected(String reason) {
        requests.add(1, Attributes.of(Names.OUTCOME, "rejected", Names.REASON, reason));
    }

    @Override
    public void duplicate() {
        requests.add(1, DUPLICATE);
    }

    @Override
    public void repeated() {
        requests.add(1, REPEATED);
    }

    @Override
    public void rekeyed() {
        requests.add(1, REKEYED);
    }

    @Override
    public void poison(String topic) {
        poison.add(1, Attributes.of(Names.TOPIC, topic));
    }

    @Override
    public void badConfiguration(String topic) {
        refused.add(1, Attributes.of(Names.TOPIC, topic));
    }

    @Override
    public void queued(Kind kind) {
        queued.add(1, kinds.getOrDefault(kind, Attributes.empty()));
    }

    @Override
    public void stale() {
        stale.add(1);
    }
}
