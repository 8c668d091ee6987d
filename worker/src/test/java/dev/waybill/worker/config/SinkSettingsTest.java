package dev.waybill.worker.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.Kind;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SinkSettingsTest {

    private static final long MIB = 1 << 20;

    private static SinkSettings settings(Set<Kind> kinds, int loops, long admittedBytes) {
        Duration any = Duration.ofSeconds(1);
        return new SinkSettings(kinds, loops, 1_000, 1_000, admittedBytes, any, any, any, any, any);
    }

    @ParameterizedTest
    @CsvSource({"512, 1", "1024, 1", "2048, 2", "4096, 4"})
    void whatAllLoopsMayAdmitFitsIntoItsPartOfTheHeap(long heapMib, int loops) {
        SinkSettings settings = settings(EnumSet.allOf(Kind.class), loops, 0);
        long all = settings.admittedBytesMax(heapMib * MIB) * loops * Kind.values().length * SinkSettings.COPIES;
        assertThat((double) all).isLessThanOrEqualTo(SinkSettings.HEAP_SHARE * heapMib * MIB);
    }

    @ParameterizedTest
    @CsvSource({"1024, 1, 170", "16384, 1, 256", "16, 8, 4"})
    void betweenALargeTaskAndWhatKeepsReceiversBusy(long heapMib, int loops, long mib) {
        assertThat(settings(Set.of(Kind.WEBHOOK), loops, 0).admittedBytesMax(heapMib * MIB) / MIB)
                .isEqualTo(mib);
    }

    @Test
    void whatIsSetHolds() {
        assertThat(settings(Set.of(Kind.WEBHOOK), 1, 7 * MIB).admittedBytesMax(64 * MIB))
                .isEqualTo(7 * MIB);
    }
}
