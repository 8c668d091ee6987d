package dev.waybill.worker.app;

import dev.waybill.schemas.Kind;
import dev.waybill.schemas.Topics;
import dev.waybill.topology.RouterStreams;
import dev.waybill.worker.config.WorkerSettings;
import dev.waybill.worker.delivery.DeliveryLoops;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Which topics have no time limit, and the one group that reads each.
final class Trimming {

    private Trimming() {}

    /// Topics by the group whose committed offsets say what is done.
    static Map<String, Set<String>> consumed(WorkerSettings worker) {
        Topics topics = worker.topics();
        Map<String, Set<String>> consumed = new HashMap<>();
        for (Kind kind : Kind.values()) {
            consumed.put(DeliveryLoops.sinkGroup(topics, kind), Set.of(topics.tasks(kind)));
        }
        consumed.put(
                DeliveryLoops.retriesGroup(topics),
                worker.retryDelays().stream().map(topics::retries).collect(Collectors.toUnmodifiableSet()));
        consumed.put(RouterStreams.applicationId(topics.prefix()), Set.of(topics.returns()));
        return consumed;
    }
}
