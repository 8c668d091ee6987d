package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryAttempt;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.avro.DeliveryTask;
import dev.waybill.local.fixture.FoldCheck;
import dev.waybill.schemas.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;

/// What the guarantees say about a run of numbered deliveries `d-0` to `d-<n - 1>`.
record Audit(
        Installation installation,
        Application application,
        Map<String, List<Long>> receipts,
        Map<String, List<DeliveryResult>> results,
        int deliveries) {

    private static final Duration PROJECTED_MAX = Duration.ofSeconds(60);

    static Audit of(
            Installation installation,
            Application application,
            RecordingReceiver receiver,
            Map<String, List<DeliveryResult>> results,
            int deliveries) {
        return new Audit(installation, application, Map.copyOf(receiver.receipts()), results, deliveries);
    }

    void assertNothingLost() {
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < deliveries; i++) {
            if (!receipts.containsKey("d-" + i)) {
                missing.add("d-" + i);
            }
        }
        assertThat(missing)
                .as(() -> "deliveries that never arrived, and how far they came: " + howFar(missing))
                .isEmpty();
    }

    /// In which topics the deliveries are found, read committed: tells at which step they were lost.
    private Map<String, Long> howFar(List<String> deliveryIds) {
        Map<String, Long> found = new TreeMap<>();
        var topics = installation.topics();
        count(found, topics.requests(), DeliveryRequest.class, DeliveryRequest::getDeliveryId, deliveryIds);
        count(found, topics.tasks(Kind.WEBHOOK), DeliveryTask.class, DeliveryTask::getDeliveryId, deliveryIds);
        count(found, topics.attempts(), DeliveryAttempt.class, DeliveryAttempt::getDeliveryId, deliveryIds);
        return found;
    }

    private <T extends SpecificRecord> void count(
            Map<String, Long> found, String topic, Class<T> type, Function<T, String> id, List<String> deliveryIds) {
        Set<String> wanted = Set.copyOf(deliveryIds);
        application.read(topic, Duration.ofSeconds(10), () -> true, record -> {
            if (wanted.contains(id.apply(application.codec().decode(record.value(), type)))) {
                found.merge(topic + "-" + record.partition(), 1L, Long::sum);
            }
        });
    }

    void assertOneResultEach(String status) {
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < deliveries; i++) {
            List<DeliveryResult> found = results.getOrDefault("d-" + i, List.of());
            if (found.size() != 1 || !found.getFirst().getStatus().equals(status)) {
                wrong.add("d-" + i + ": "
                        + found.stream().map(DeliveryResult::getStatus).toList());
            }
        }
        assertThat(wrong).as("deliveries without exactly one result " + status).isEmpty();
        assertThat(results).as("results").hasSize(deliveries);
    }

    long duplicated() {
        return receipts.values().stream().filter(times -> times.size() > 1).count();
    }

    long extraReceipts() {
        return receipts.values().stream().mapToLong(times -> times.size() - 1).sum();
    }

    /// The projector may lag behind; it catches up within [#PROJECTED_MAX].
    void assertRowsAreTheFold() throws InterruptedException {
        var check = new FoldCheck(
                installation.backend().bootstrapServers(),
                installation.topics().attempts(),
                application.codec(),
                installation.database().jdbcUrl());
        FoldCheck.Report report = check.await(PROJECTED_MAX);
        assertThat(report.differences())
                .as("rows that differ from the fold over the events")
                .isEmpty();
    }
}
