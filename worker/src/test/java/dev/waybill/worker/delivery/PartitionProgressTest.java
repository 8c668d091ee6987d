package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PartitionProgressTest {

    private static PartitionProgress fresh() {
        return new PartitionProgress(1, OffsetMap.upTo(10));
    }

    @Test
    void commitsTheFirstUnfinishedOffset() {
        PartitionProgress progress = fresh();
        List.of(10L, 11L, 12L, 15L).forEach(offset -> progress.admit(offset, 1, 0));

        assertThat(progress.mapWith(List.of(11L, 15L))).isEqualTo(new OffsetMap(10, 16, List.of(10L, 12L)));
        assertThat(progress.mapWith(List.of(10L, 11L, 12L, 15L))).isEqualTo(OffsetMap.upTo(16));
    }

    @Test
    void countsWhatIsNotKnownToBeCommitted() {
        PartitionProgress progress = fresh();
        progress.admit(10, 100, 0);
        progress.admit(11, 50, 0);
        progress.mapWith(List.of(10L));

        assertThat(progress.admitted()).isEqualTo(2);
        assertThat(progress.bytes()).isEqualTo(150);

        progress.committed(List.of(10L));
        progress.committed(List.of(10L));

        assertThat(progress.admitted()).isOne();
        assertThat(progress.bytes()).isEqualTo(50);
    }

    @Test
    void leavesOutWhatAnEarlierOwnerHasDone() {
        PartitionProgress progress = new PartitionProgress(2, new OffsetMap(10, 16, List.of(10L, 13L)));

        assertThat(progress.skip(10)).isFalse();
        assertThat(progress.skip(11)).isTrue();
        assertThat(progress.skip(13)).isFalse();
        assertThat(progress.skip(15)).isTrue();
        assertThat(progress.skip(16)).isFalse();
    }

    @Test
    void remembersWhatAnEarlierOwnerLeftUndoneFurtherAhead() {
        PartitionProgress progress = new PartitionProgress(2, new OffsetMap(10, 16, List.of(10L, 13L)));
        progress.admit(10, 1, 0);

        assertThat(progress.mapWith(List.of(10L))).isEqualTo(new OffsetMap(13, 16, List.of(13L)));

        progress.skip(11);
        progress.skip(12);
        progress.admit(13, 1, 0);
        assertThat(progress.mapWith(List.of(10L, 13L))).isEqualTo(OffsetMap.upTo(16));
    }

    @Test
    void hasRoomUntilTheBound() {
        PartitionProgress progress = fresh();
        assertThat(progress.hasRoom(1)).isTrue();
        progress.admit(10, 1, 0);
        assertThat(progress.hasRoom(1)).isFalse();
        assertThat(progress.hasRoom(2)).isTrue();
    }

    @Test
    void hasRoomOnlyForAMapThatIsWrittenInFull() {
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            PartitionProgress progress = fresh();
            long offset = 10;
            long step = 1L << random.nextInt(1, 30);
            while (progress.hasRoom(1_000)) {
                progress.admit(offset, 1, 0);
                OffsetMap map = progress.mapWith(List.of());
                assertThat(OffsetMap.of(map.toCommit())).as("seed %d", seed).isEqualTo(map);
                offset += random.nextLong(1, step + 1);
            }
            assertThat(progress.admitted()).as("seed %d", seed).isGreaterThan(300);
        }
    }

    /// One owner after another does some of the work and goes; whatever order things are done in, nothing is done
    /// twice or claimed too early.
    @Test
    void handsOverExactlyWhatIsUndone() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            TreeSet<Long> records = new TreeSet<>();
            for (long offset = 0; offset < 60; offset += random.nextInt(1, 4)) {
                records.add(offset);
            }
            TreeSet<Long> done = new TreeSet<>();
            OffsetMap committed = OffsetMap.upTo(0);
            for (int epoch = 1; done.size() < records.size(); epoch++) {
                PartitionProgress progress = new PartitionProgress(epoch, committed);
                List<Long> open = new ArrayList<>();
                for (long offset : records.tailSet(committed.prefix())) {
                    if (random.nextInt(12) == 0) {
                        break;
                    }
                    if (progress.skip(offset)) {
                        assertThat(done).as("seed %d", seed).contains(offset);
                    } else {
                        assertThat(done).as("seed %d", seed).doesNotContain(offset);
                        progress.admit(offset, 1, 0);
                        open.add(offset);
                    }
                    if (!open.isEmpty() && random.nextBoolean()) {
                        List<Long> ended = List.of(open.remove(random.nextInt(open.size())));
                        committed = OffsetMap.of(progress.mapWith(ended).toCommit());
                        progress.committed(ended);
                        done.addAll(ended);
                        assertThat(records.stream().filter(committed::isDone))
                                .as("seed %d", seed)
                                .containsExactlyElementsOf(done);
                    }
                }
            }
        }
    }
}
