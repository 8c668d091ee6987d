package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetMapTest {

    /// What the broker takes by default.
    private static final int BROKER_MAX = 4_096;

    private static List<OffsetMap> maps() {
        return List.of(
                OffsetMap.upTo(0),
                OffsetMap.upTo(Long.MAX_VALUE),
                new OffsetMap(0, 1, List.of(0L)),
                new OffsetMap(42, 47, List.of(42L, 44L)),
                new OffsetMap(0, 128, List.of(0L, 127L)),
                new OffsetMap(7, 7 + (1L << 40), List.of(7L, 7 + (1L << 14), 6 + (1L << 40))),
                new OffsetMap(0, Long.MAX_VALUE, List.of(0L, Long.MAX_VALUE - 1)));
    }

    @ParameterizedTest
    @MethodSource("maps")
    void comesBackAsItWasCommitted(OffsetMap map) {
        assertThat(OffsetMap.of(map.toCommit())).isEqualTo(map);
        assertThat(map.toCommit().offset()).isEqualTo(map.prefix());
    }

    @Test
    void knowsWhatIsDone() {
        OffsetMap map = new OffsetMap(42, 47, List.of(42L, 44L));

        assertThat(LongStream.range(39, 50).filter(map::isDone)).containsExactly(39L, 40L, 41L, 43L, 45L, 46L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "A", "====", "not base64 at all", "\u0000\uffff", "AQ", "Ag", "AgA", "AQCAgICAgICAgICAAQ"})
    void takesOnlyThePrefixFromWhatSomethingElseWrote(String metadata) {
        assertThat(OffsetMap.of(new OffsetAndMetadata(42, metadata))).isEqualTo(OffsetMap.upTo(42));
    }

    @Test
    void takesOnlyThePrefixFromContradictions() {
        int[][] contradictions = {
            {1, 5}, // a position ahead, and nothing undone
            {1, 0, 0}, // undone at the position
            {1, 5, 1}, // the first undone offset is not the prefix
            {1, 5, 0, 0}, // twice the same
            {1, 5, 0, 5}, // undone beyond the position
            {1, 5, 0x80}, // an unfinished number
        };
        for (int[] bytes : contradictions) {
            assertThat(OffsetMap.of(new OffsetAndMetadata(42, base64(bytes)))).isEqualTo(OffsetMap.upTo(42));
        }
    }

    @Test
    void standsAnyBytes() {
        for (long seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[random.nextInt(1, 40)];
            random.nextBytes(bytes);
            bytes[0] = 1;
            long prefix = random.nextLong() & Long.MAX_VALUE;
            OffsetMap map = OffsetMap.of(
                    new OffsetAndMetadata(prefix, Base64.getEncoder().encodeToString(bytes)));

            assertThat(map.prefix()).as("seed %d", seed).isEqualTo(prefix);
            assertThat(map.position()).as("seed %d", seed).isGreaterThanOrEqualTo(prefix);
            assertThat(map.undone()).as("seed %d", seed).isSorted().allMatch(offset -> !map.isDone(offset));
        }
    }

    @Test
    void forgetsWhatIsDoneRatherThanClaimWhatIsNot() {
        for (long seed = 0; seed < 200; seed++) {
            OffsetMap map = any(new Random(seed), 4_000);
            OffsetAndMetadata committed = map.toCommit();
            OffsetMap kept = OffsetMap.of(committed);

            assertThat(committed.metadata()).as("seed %d", seed).hasSizeLessThanOrEqualTo(OffsetMap.ENCODED_MAX);
            assertThat(kept.prefix()).as("seed %d", seed).isEqualTo(map.prefix());
            assertThat(map.undone()).as("seed %d", seed).noneMatch(kept::isDone);
            assertThat(kept.isDone(map.position())).as("seed %d", seed).isFalse();
        }
    }

    @Test
    void isWrittenInFullIfItIsSaidToFit() {
        int said = 0;
        for (long seed = 0; seed < 2_000; seed++) {
            OffsetMap map = any(new Random(seed), 1_200);
            if (OffsetMap.fits(map.undone().size(), map.position() - map.prefix())) {
                said++;
                assertThat(OffsetMap.of(map.toCommit())).as("seed %d", seed).isEqualTo(map);
            }
        }
        assertThat(said).isGreaterThan(500);
    }

    @Test
    void fitsAThousandTasksOverMillionsOfOffsets() {
        assertThat(OffsetMap.fits(1_000, 3_000_000)).isTrue();
        assertThat(OffsetMap.fits(200, 1L << 33)).isTrue();
        assertThat(OffsetMap.fits(1, Long.MAX_VALUE)).isTrue();
        assertThat(OffsetMap.fits(1_000, 1L << 33)).isFalse();
        assertThat(OffsetMap.fits(1_100, 1_100)).isTrue();
    }

    @Test
    void leavesTheBrokerRoomWithAThousandLongGaps() {
        List<Long> undone = IntStream.range(0, 1_000).mapToObj(i -> i * 16_000L).toList();
        OffsetMap map = new OffsetMap(0, 16_000_000, undone);

        assertThat(map.toCommit().metadata()).hasSizeBetween(2_500, BROKER_MAX);
        assertThat(OffsetMap.of(map.toCommit())).isEqualTo(map);
    }

    /// A map with gaps of all sizes, up to astronomic ones.
    private static OffsetMap any(Random random, int undoneMax) {
        long prefix = random.nextInt(1_000);
        TreeSet<Long> undone = new TreeSet<>(List.of(prefix));
        int size = random.nextInt(undoneMax);
        int bits = random.nextInt(1, 40);
        while (undone.size() <= size) {
            undone.add(undone.last() + random.nextLong(1, 1L << random.nextInt(1, bits + 1)));
        }
        return new OffsetMap(prefix, undone.last() + random.nextLong(1, 1L << bits), List.copyOf(undone));
    }

    private static String base64(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return Base64.getEncoder().encodeToString(bytes);
    }
}
