package dev.waybill.worker.app;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.DeliveryAttempt;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.avro.DeliveryReturn;
import dev.waybill.avro.DeliveryTask;
import dev.waybill.avro.Destination;
import dev.waybill.avro.DestinationHealth;
import dev.waybill.avro.DestinationTest;
import dev.waybill.avro.RuleTemplate;
import dev.waybill.avro.SinkControl;
import dev.waybill.schemas.Kind;
import dev.waybill.schemas.RetryDelay;
import dev.waybill.schemas.Topics;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.worker.config.WorkerSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.Schema;

/// The schema of each topic's values.
///
/// A worker registers all of them when it starts: producers of requests in other languages look them up there, a
/// refusal shows before the first record, and no loop waits for the registry later.
final class Subjects {

    private final Map<String, Schema> byTopic = new LinkedHashMap<>();

    Subjects(WorkerSettings worker) {
        Topics topics = worker.topics();
        worker.requestTopics().forEach(topic -> byTopic.put(topic, DeliveryRequest.getClassSchema()));
        byTopic.put(topics.destinations(), Destination.getClassSchema());
        byTopic.put(topics.rules(), DefaultDestinationRule.getClassSchema());
        byTopic.put(topics.templates(), RuleTemplate.getClassSchema());
        for (Kind kind : Kind.values()) {
            byTopic.put(topics.tasks(kind), DeliveryTask.getClassSchema());
        }
        for (RetryDelay delay : worker.retryDelays()) {
            byTopic.put(topics.retries(delay), DeliveryTask.getClassSchema());
        }
        byTopic.put(topics.returns(), DeliveryReturn.getClassSchema());
        byTopic.put(topics.attempts(), DeliveryAttempt.getClassSchema());
        byTopic.put(topics.results(), DeliveryResult.getClassSchema());
        byTopic.put(topics.deadLetters(), DeliveryTask.getClassSchema());
        byTopic.put(topics.destinationHealth(), DestinationHealth.getClassSchema());
        byTopic.put(topics.destinationTests(), DestinationTest.getClassSchema());
        byTopic.put(topics.control(), SinkControl.getClassSchema());
    }

    void register(AvroCodec codec) {
        byTopic.forEach(codec::prepare);
    }
}
