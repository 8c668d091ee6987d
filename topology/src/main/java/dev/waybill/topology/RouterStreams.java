package dev.waybill.topology;

import dev.waybill.schemas.RecordSizes;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.DefaultProductionExceptionHandler;
import org.apache.kafka.streams.errors.LogAndFailExceptionHandler;
import org.apache.kafka.streams.errors.LogAndFailProcessingExceptionHandler;

/// How Kafka Streams runs the router.
public final class RouterStreams {

    public static final Duration COMMIT_INTERVAL = Duration.ofMillis(50);

    /// A dead router hides later records of its partitions from read-committed readers for this long, plus the
    /// broker's sweep. Well above the commit interval, so that a paused process is not fenced for nothing.
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(10);

    /// How long the partitions of a dead worker stand still.
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);

    /// Tasks of usual size, some dozens to a request; the default would hold ten of them.
    private static final int BATCH_BYTES = 64 * 1024;

    /// Records of a partition that wait in memory at most. With usual payloads this is a commit interval's worth.
    static final int BUFFERED_RECORDS_MAX = 200;

    /// Part of the heap that such records may take.
    static final double BUFFERED_HEAP_SHARE = 0.125;

    /// What a record has beside its payload: 64 KiB of a destination's settings in a task that returns, and as
    /// much for headers, metadata and trail.
    static final int BESIDE_PAYLOAD = 128 * 1024;

    /// What the consumer has fetched and not handed over, from each broker; the default is 50 MiB.
    private static final int FETCH_BYTES_MAX = 16 << 20;

    /// Streams 5 will handle global stores like the rest and drop this setting, so its constant is deprecated.
    private static final String GLOBAL_EXCEPTION_HANDLER = "processing.exception.handler.global.enabled";

    private RouterStreams() {}

    /// How many records of a partition wait in memory, so that all of them fit into their part of the heap even
    /// if each is as large as it may be. Streams 4.3 counts them and does not weigh them, because KIP-770 is not
    /// in it. What was fetched last comes on top: a MiB of each partition.
    ///
    /// A small number costs little: a partition's records come by the MiB, and more are fetched when few are
    /// left.
    ///
    /// @param heap       what the process may use at most, in bytes
    /// @param partitions that this process may read
    /// @param payloadMax longest inline payload
    public static int bufferedRecords(long heap, int partitions, int payloadMax) {
        double each = (double) partitions * (payloadMax + BESIDE_PAYLOAD);
        return (int) Math.clamp(BUFFERED_HEAP_SHARE * heap / each, 1, BUFFERED_RECORDS_MAX);
    }

    /// The id under which the router's group, stores and transactions are known.
    public static String applicationId(String prefix) {
        return prefix + "router";
    }

    /// The settings the router needs; what a user passes through is put over them.
    ///
    /// All three exception handlers fail. A record that cannot be read never reaches them, because the router
    /// quarantines
    /// it; what does reach them is a fault of ours or of the cluster, and to go on would mean to lose a delivery.
    ///
    /// @param standbys copies of each partition's state on other workers; 1 with two or more workers
    public static Properties properties(
            String applicationId, String bootstrapServers, String stateDirectory, int threads, int standbys) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory);
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
        properties.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, standbys);
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL.toMillis());
        properties.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic");
        properties.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        properties.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, BUFFERED_RECORDS_MAX);
        properties.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), FETCH_BYTES_MAX);
        // Each record is decided by itself, with the router's clock: no partition need wait for another one's records,
        // nor ask for each record whether it should.
        properties.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
        properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class);
        properties.put(StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, LogAndFailExceptionHandler.class);
        properties.put(
                StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, LogAndFailProcessingExceptionHandler.class);
        properties.put(GLOBAL_EXCEPTION_HANDLER, true);
        properties.put(
                StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, DefaultProductionExceptionHandler.class);
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), (int)
                TRANSACTION_TIMEOUT.toMillis());
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), RecordSizes.RECORD_MAX);
        // Nobody may read what is not committed, and a commit sends what lingers: to send sooner costs requests and
        // gains nothing.
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), (int) COMMIT_INTERVAL.toMillis());
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), BATCH_BYTES);
        properties.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), (int)
                SESSION_TIMEOUT.toMillis());
        return properties;
    }
}
