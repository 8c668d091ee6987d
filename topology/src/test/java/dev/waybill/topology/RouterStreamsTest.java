package dev.waybill.topology;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouterStreamsTest {

    private static final int MIB = 1 << 20;

    @ParameterizedTest
    @CsvSource({"512, 24, 524288", "2048, 24, 524288", "4096, 48, 1048576", "512, 24, 1024", "65536, 24, 1024"})
    void largestRecordsOfAllPartitionsFitIntoTheirPartOfTheHeap(long heapMib, int partitions, int payloadMax) {
        long heap = heapMib * MIB;
        int records = RouterStreams.bufferedRecords(heap, partitions, payloadMax);
        double bytes = (double) records * partitions * (payloadMax + RouterStreams.BESIDE_PAYLOAD);
        assertThat(bytes).isLessThanOrEqualTo(RouterStreams.BUFFERED_HEAP_SHARE * heap);
        assertThat(records).isBetween(1, RouterStreams.BUFFERED_RECORDS_MAX);
    }

    @ParameterizedTest
    @CsvSource({"1, 1000, 1048576, 1", "65536, 24, 1024, 200", "2048, 24, 524288, 17"})
    void betweenOneAndACommitIntervalsWorth(long heapMib, int partitions, int payloadMax, int records) {
        assertThat(RouterStreams.bufferedRecords(heapMib * MIB, partitions, payloadMax))
                .isEqualTo(records);
    }

    /// If a version of Streams weighs what it buffers, that is the better bound.
    @Test
    void streamsDoesNotWeighWhatItBuffers() {
        assertThat(StreamsConfig.configDef().names()).doesNotContain("input.buffer.max.bytes");
    }
}
