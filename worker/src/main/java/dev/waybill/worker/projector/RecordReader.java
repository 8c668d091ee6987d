package dev.waybill.worker.projector;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.DeliveryAttempt;
import dev.waybill.avro.Destination;
import dev.waybill.avro.RuleTemplate;
import dev.waybill.schemas.Topics;
import dev.waybill.schemas.registry.RegistryUnavailableException;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.schemas.serde.PoisonRecordException;
import dev.waybill.worker.projector.fold.Change;
import dev.waybill.worker.projector.store.Batch;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// Says what a Kafka record says. The Avro classes stop here.
public final class RecordReader {

    private final AvroCodec codec;
    private final Topics topics;

    public RecordReader(AvroCodec codec, Topics topics) {
        this.codec = codec;
        this.topics = topics;
    }

    /// Reads one record; one that cannot be read becomes poison.
    ///
    /// @throws RegistryUnavailableException when nobody could say what its bytes mean: not the record's fault
    public Batch.Item read(ConsumerRecord<byte[], byte[]> record) {
        return new Batch.Item(
                new TopicPartition(record.topic(), record.partition()),
                record.offset(),
                Instant.ofEpochMilli(Math.max(0, record.timestamp())),
                change(record));
    }

    private Change change(ConsumerRecord<byte[], byte[]> record) {
        try {
            return record.topic().equals(topics.attempts()) ? event(record) : config(record);
        } catch (PoisonRecordException | UnusableEventException e) {
            return new Change.Poison(Text.fit(String.valueOf(e.getMessage()), Text.MESSAGE));
        }
    }

    private Change event(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            throw new UnusableEventException("no value");
        }
        return EventReader.read(codec.decode(record.value(), DeliveryAttempt.class));
    }

    private Change config(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            throw new UnusableEventException("no key");
        }
        String key = new String(record.key(), StandardCharsets.UTF_8);
        if (record.topic().equals(topics.templates())) {
            return record.value() == null
                    ? new Change.Nothing()
                    : ConfigReader.template(key, codec.decode(record.value(), RuleTemplate.class));
        }
        boolean rule = record.topic().equals(topics.rules());
        if (record.value() == null) {
            return rule
                    ? ConfigReader.ruleDeleted(key)
                    : ConfigReader.destinationDeleted(key, Instant.ofEpochMilli(record.timestamp()));
        }
        return rule
                ? ConfigReader.rule(key, codec.decode(record.value(), DefaultDestinationRule.class))
                : ConfigReader.destination(key, codec.decode(record.value(), Destination.class));
    }
}
