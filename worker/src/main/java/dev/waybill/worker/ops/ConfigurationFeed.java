package dev.waybill.worker.ops;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.Destination;
import dev.waybill.avro.DestinationHealth;
import dev.waybill.avro.DestinationTest;
import dev.waybill.avro.RuleTemplate;
import dev.waybill.schemas.Keys;
import dev.waybill.schemas.Topics;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.schemas.serde.PoisonRecordException;
import dev.waybill.topology.codec.FieldFault;
import dev.waybill.topology.codec.InvalidRecordException;
import dev.waybill.topology.codec.Records;
import dev.waybill.topology.codec.TemplateMapping;
import dev.waybill.topology.model.Bytes;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts records of the configuration topics into the view. One that the router would not take changes nothing here
/// either: the last good version stays in force.
final class ConfigurationFeed {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationFeed.class);

    private final Topics topics;
    private final AvroCodec codec;
    private final ConfigurationView view;

    ConfigurationFeed(Topics topics, AvroCodec codec, ConfigurationView view) {
        this.topics = topics;
        this.codec = codec;
        this.view = view;
    }

    /// Takes the next record of a topic.
    ///
    /// @throws dev.waybill.schemas.registry.RegistryUnavailableException if it has to be offered again
    void apply(ConsumerRecord<String, byte[]> record) {
        String topic = record.topic();
        try {
            if (record.key() == null) {
                view.skip(topic, record.offset());
            } else if (topic.equals(topics.destinationHealth())) {
                health(record);
            } else if (topic.equals(topics.destinationTests())) {
                test(record);
            } else if (topic.equals(topics.destinations())) {
                destination(record);
            } else if (topic.equals(topics.templates())) {
                template(record);
            } else {
                rule(record);
            }
        } catch (PoisonRecordException | InvalidRecordException e) {
            LOG.warn(
                    "configuration record {} at {}-0@{} is not taken: {}",
                    record.key(),
                    topic,
                    record.offset(),
                    e.getMessage());
            view.skip(topic, record.offset());
        }
    }

    private void health(ConsumerRecord<String, byte[]> record) {
        DestinationHealth health =
                record.value() == null ? null : codec.decode(record.value(), DestinationHealth.class);
        view.apply(record.topic(), record.offset(), record.key(), health);
    }

    private void test(ConsumerRecord<String, byte[]> record) {
        DestinationTest test = record.value() == null ? null : codec.decode(record.value(), DestinationTest.class);
        view.apply(record.topic(), record.offset(), record.key(), test);
    }

    private void destination(ConsumerRecord<String, byte[]> record) {
        if (record.value() == null) {
            view.deleteDestination(record.topic(), record.offset(), record.key());
            return;
        }
        Bytes encoded = Bytes.of(record.value());
        Destination destination = codec.decode(record.value(), Destination.class);
        var model = Records.model(destination, encoded);
        requireKey(Keys.destination(model.organizationId(), model.id().toString()), record);
        view.apply(record.topic(), record.offset(), record.key(), destination, encoded);
    }

    private void rule(ConsumerRecord<String, byte[]> record) {
        if (record.value() == null) {
            view.deleteRule(record.topic(), record.offset(), record.key());
            return;
        }
        DefaultDestinationRule rule = codec.decode(record.value(), DefaultDestinationRule.class);
        var model = Records.model(rule);
        requireKey(Keys.rule(model.organizationId(), model.ruleId()), record);
        view.apply(record.topic(), record.offset(), record.key(), rule);
    }

    private void template(ConsumerRecord<String, byte[]> record) {
        if (record.value() == null) {
            view.deleteTemplate(record.topic(), record.offset(), record.key());
            return;
        }
        RuleTemplate template = codec.decode(record.value(), RuleTemplate.class);
        List<FieldFault> faults = TemplateMapping.faults(template);
        if (!faults.isEmpty()) {
            throw new InvalidRecordException(faults);
        }
        requireKey(template.getTemplateId(), record);
        view.apply(record.topic(), record.offset(), record.key(), template);
    }

    private static void requireKey(String expected, ConsumerRecord<String, byte[]> record) {
        if (!expected.equals(record.key())) {
            throw new InvalidRecordException("the key must be " + expected);
        }
    }
}
