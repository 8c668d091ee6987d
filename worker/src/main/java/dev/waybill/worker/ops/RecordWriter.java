package dev.waybill.worker.ops;

import dev.waybill.avro.DeliveryRequest;
import dev.waybill.schemas.RecordSizes;
import dev.waybill.schemas.serde.AvroCodec;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/// Writes what the REST interface is asked to: configuration and requests. An idempotent producer, so that a record is
/// written once and in order whatever the network does.
final class RecordWriter implements ConfigurationWriter, RequestWriter, AutoCloseable {

    private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

    private final AvroCodec codec;
    private final Producer<String, byte @Nullable []> producer;
    private final Duration patience;

    /// @param kafka    settings of producers
    /// @param patience how long a write may take
    RecordWriter(AvroCodec codec, Map<String, Object> kafka, Duration patience) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, RecordSizes.RECORD_MAX);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, patience.toMillis());
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.toIntExact(patience.toMillis()));
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Math.toIntExact(patience.toMillis() * 2));
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        this.codec = codec;
        this.patience = patience;
        this.producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
    }

    @Override
    public long write(Change change) {
        SpecificRecord value = change.value();
        byte[] bytes = value == null ? null : codec.encode(change.topic(), value);
        return send(new ProducerRecord<>(change.topic(), 0, change.key(), bytes))
                .offset();
    }

    @Override
    public RecordMetadata request(String topic, DeliveryRequest request, Iterable<Header> headers) {
        return send(new ProducerRecord<>(
                topic, null, null, request.getOrganizationId(), codec.encode(topic, request), headers));
    }

    private RecordMetadata send(ProducerRecord<String, byte @Nullable []> record) {
        try {
            return producer.send(record).get(patience.toMillis() * 2, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
        } catch (TimeoutException e) {
            throw new org.apache.kafka.common.errors.TimeoutException("the brokers did not answer", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    @Override
    public void close() {
        producer.close(CLOSE_WAIT);
    }
}
