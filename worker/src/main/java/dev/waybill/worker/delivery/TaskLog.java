package dev.waybill.worker.delivery;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/// What a loop needs of Kafka: one group member and one transactional producer. Called by the loop's thread only.
interface TaskLog extends AutoCloseable {

    /// Told about assignments, from within [#poll].
    interface Listener {
        /// New partitions, with what was committed for them.
        void assigned(Map<TopicPartition, OffsetMap> partitions);

        /// Partitions are about to move to another member; what has ended may still be written.
        void revoked(Collection<TopicPartition> partitions);

        /// Partitions are gone: another member may have them already.
        void lost(Collection<TopicPartition> partitions);
    }

    /// Records of the partitions that are not paused.
    List<ConsumerRecord<String, byte[]>> poll(Duration timeout);

    /// The assigned partitions that shall give no records for now; all others shall.
    void pauseExactly(Set<TopicPartition> partitions);

    /// Goes back, so that the next record polled of the partition is the one at the offset.
    void seek(TopicPartition partition, long offset);

    /// Writes records and maps in one transaction.
    Written write(Collection<ProducerRecord<String, byte[]>> records, Map<TopicPartition, OffsetMap> maps);

    /// What is committed now, after every earlier transaction of this log has ended one way or the other.
    Map<TopicPartition, OffsetMap> committed(Set<TopicPartition> partitions);

    /// How destinations are doing, as far as it was told.
    default ToldHealth health() {
        return ToldHealth.NONE;
    }

    @Override
    void close();

    /// What became of a transaction.
    sealed interface Written {

        /// It is committed.
        record Committed() implements Written {}

        /// It is certainly not committed; the same may be written again.
        record Aborted(Exception cause) implements Written {}

        /// Nobody knows. Ask [TaskLog#committed] before writing any of it again.
        record Unknown(Exception cause) implements Written {}
    }
}
