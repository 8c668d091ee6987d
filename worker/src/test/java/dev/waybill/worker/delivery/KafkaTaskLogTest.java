package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KafkaTaskLogTest {

    private static final TopicPartition PARTITION = Samples.PARTITION;
    private static final OffsetMap MAP = new OffsetMap(3, 6, List.of(3L, 5L));

    private final MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest");
    private final List<MockProducer<String, byte[]>> made = new ArrayList<>();
    private final Deque<MockProducer<String, byte[]>> next = new ArrayDeque<>();
    private final List<String> heard = new ArrayList<>();

    private static MockProducer<String, byte[]> producer() {
        return new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
    }

    private Producer<String, byte[]> make() {
        MockProducer<String, byte[]> producer = next.isEmpty() ? producer() : next.remove();
        made.add(producer);
        return producer;
    }

    private KafkaTaskLog open() {
        return new KafkaTaskLog(
                consumer, this::make, Set.of(PARTITION.topic()), ToldHealth.NONE, new TaskLog.Listener() {
                    @Override
                    public void assigned(Map<TopicPartition, OffsetMap> partitions) {
                        heard.add("assigned " + partitions);
                    }

                    @Override
                    public void revoked(Collection<TopicPartition> partitions) {
                        heard.add("revoked " + partitions);
                    }

                    @Override
                    public void lost(Collection<TopicPartition> partitions) {
                        heard.add("lost " + partitions);
                    }
                });
    }

    private static TaskLog.Written write(TaskLog log) {
        return log.write(List.of(new ProducerRecord<>("results", "key", new byte[1])), Map.of(PARTITION, MAP));
    }

    @Test
    void writesRecordsAndOffsetsInOneTransaction() {
        KafkaTaskLog log = open();

        assertThat(write(log)).isEqualTo(new TaskLog.Written.Committed());

        MockProducer<String, byte[]> producer = made.getFirst();
        assertThat(producer.commitCount()).isOne();
        assertThat(producer.history()).hasSize(1);
        OffsetAndMetadata offset = producer.consumerGroupOffsetsHistory()
                .getFirst()
                .values()
                .iterator()
                .next()
                .get(PARTITION);
        assertThat(offset).isEqualTo(MAP.toCommit());
    }

    private static List<KafkaException> beforeTheCommit() {
        return List.of(
                new CommitFailedException("a stale member"),
                new TransactionAbortableException("too slow"),
                new TimeoutException("no answer"));
    }

    @ParameterizedTest
    @MethodSource("beforeTheCommit")
    void abortsWhatFailedBeforeTheCommitWasAskedFor(KafkaException cause) {
        KafkaTaskLog log = open();
        made.getFirst().sendOffsetsToTransactionException = cause;

        assertThat(write(log)).isEqualTo(new TaskLog.Written.Aborted(cause));

        made.getFirst().sendOffsetsToTransactionException = null;
        assertThat(write(log)).isEqualTo(new TaskLog.Written.Committed());
        assertThat(made).hasSize(1);
    }

    private static List<KafkaException> duringTheCommit() {
        return List.of(
                new TimeoutException("no answer"),
                new InvalidTxnStateException("timed out"),
                new ProducerFencedException("another took over"),
                new KafkaException("a send failed"));
    }

    @ParameterizedTest
    @MethodSource("duringTheCommit")
    void doesNotKnowWhatBecameOfACommit(KafkaException cause) {
        KafkaTaskLog log = open();
        made.getFirst().commitTransactionException = cause;

        assertThat(write(log)).isEqualTo(new TaskLog.Written.Unknown(cause));

        assertThat(made.getFirst().closed()).isTrue();
        assertThat(write(log)).isEqualTo(new TaskLog.Written.Committed());
        assertThat(made).hasSize(2);
    }

    @Test
    void doesNotKnowWhatBecameOfATransactionThatCannotBeAborted() {
        KafkaTaskLog log = open();
        KafkaException cause = new KafkaException("broken");
        made.getFirst().sendOffsetsToTransactionException = cause;
        made.getFirst().abortTransactionException = new KafkaException("still broken");

        assertThat(write(log)).isEqualTo(new TaskLog.Written.Unknown(cause));
        assertThat(made.getFirst().closed()).isTrue();
    }

    @Test
    void readsBackOnlyAfterANewProducerHasEndedTheLastTransaction() {
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        KafkaTaskLog log = open();
        consumer.rebalance(List.of(PARTITION));
        consumer.commitSync(Map.of(PARTITION, MAP.toCommit()));
        made.getFirst().commitTransactionException = new TimeoutException("no answer");
        write(log);

        assertThat(log.committed(Set.of(PARTITION))).isEqualTo(Map.of(PARTITION, MAP));
        assertThat(made).hasSize(2);
        assertThat(made.getLast().transactionInitialized()).isTrue();
    }

    @Test
    void writesNothingWhileNoProducerCanStart() {
        KafkaTaskLog log = open();
        made.getFirst().commitTransactionException = new TimeoutException("no answer");
        write(log);
        MockProducer<String, byte[]> dumb = producer();
        dumb.initTransactionException = new TimeoutException("no coordinator");
        next.add(dumb);

        assertThat(write(log)).isInstanceOf(TaskLog.Written.Aborted.class);
        assertThat(dumb.closed()).isTrue();
    }

    @Test
    void leavesNothingOpenIfItCannotStart() {
        MockProducer<String, byte[]> dumb = producer();
        dumb.initTransactionException = new TimeoutException("no coordinator");
        next.add(dumb);

        assertThatThrownBy(this::open).isInstanceOf(TimeoutException.class);
        assertThat(dumb.closed()).isTrue();
        assertThat(consumer.closed()).isTrue();
    }

    @Test
    void tellsWhatWasCommittedForNewPartitions() {
        TopicPartition other = new TopicPartition(PARTITION.topic(), 1);
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L, other, 17L));
        KafkaTaskLog log = open();
        consumer.rebalance(List.of(PARTITION));
        consumer.commitSync(Map.of(PARTITION, MAP.toCommit()));
        heard.clear();

        consumer.rebalance(List.of(PARTITION, other));
        log.poll(Duration.ZERO);

        assertThat(heard).contains("assigned " + Map.of(other, OffsetMap.upTo(17)));
    }

    @Test
    void pausesExactlyWhatItIsTold() {
        TopicPartition other = new TopicPartition(PARTITION.topic(), 1);
        TopicPartition foreign = new TopicPartition(PARTITION.topic(), 2);
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L, other, 0L));
        KafkaTaskLog log = open();
        consumer.rebalance(List.of(PARTITION, other));

        log.pauseExactly(Set.of(PARTITION, foreign));
        assertThat(consumer.paused()).containsExactly(PARTITION);
        log.pauseExactly(Set.of(other));
        assertThat(consumer.paused()).containsExactly(other);
        log.pauseExactly(Set.of());
        assertThat(consumer.paused()).isEmpty();
    }
}
