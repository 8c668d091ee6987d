package dev.waybill.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.model.Destination;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

/// What one organization may hold beside others, however many destinations it has.
class OrganizationsTest {

    private static final long MILLI = 1_000_000;
    private static final int SLOTS = 1_000;
    private static final int ADMITTED_MAX = 1_000;
    private static final Room AMPLE = new Room(ADMITTED_MAX, Long.MAX_VALUE);

    private final Samples samples = new Samples();
    private final SingleLanes lanes = new SingleLanes(LaneSettings.of(SLOTS), 0);
    private int offset;

    private Work work(String organization, int destination, int partition) {
        Destination acme = samples.destination(organization + destination);
        Destination own = new Destination(
                acme.id(),
                organization,
                acme.name(),
                acme.kind(),
                acme.provider(),
                true,
                acme.settings(),
                acme.policy(),
                null,
                acme.labels(),
                acme.version(),
                acme.encoded());
        int number = offset++;
        return new Work(
                samples.task("delivery-" + number, own),
                own,
                new TopicPartition(Samples.PARTITION.topic(), partition),
                1,
                number,
                new RecordHeaders(),
                null);
    }

    private Admission offer(Work work, Room room, long now) {
        return lanes.offer(work, Duration.ZERO, room, now);
    }

    private static Room room(int admitted) {
        return new Room(ADMITTED_MAX - admitted, Long.MAX_VALUE);
    }

    @Test
    void anOrganizationWhoseDestinationsAllHangLeavesSlotsToOthers() {
        for (int i = 0; i < 1_200; i++) {
            offer(work("large", i, 0), AMPLE, 0);
        }
        assertThat(lanes.startable(0)).hasSizeBetween(890, 910);

        List<Work> others = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            others.add(work("small", i, 0));
            offer(others.getLast(), AMPLE, MILLI);
        }
        assertThat(lanes.startable(MILLI)).containsExactlyElementsOf(others);
    }

    @Test
    void slotsThatItGivesBackGoToWhoeverHasLess() {
        List<Work> large = new ArrayList<>();
        for (int i = 0; i < 1_200; i++) {
            large.add(work("large", i, 0));
            offer(large.getLast(), AMPLE, 0);
        }
        List<Work> running = lanes.startable(0);
        List<Work> others = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            others.add(work("small", i, 0));
            offer(others.getLast(), AMPLE, MILLI);
        }
        List<Work> started = new ArrayList<>(lanes.startable(MILLI));
        for (Work one : running.subList(0, 100)) {
            started.addAll(lanes.ended(one, null, 2 * MILLI));
        }
        assertThat(started).containsAll(others);
    }

    /// Its tasks wait for its own slots as long as they end at all, and it has all but a tenth of them.
    @Test
    void anOrganizationThatIsAloneGoesThroughWithoutATurnElsewhere() {
        long latency = 50 * MILLI;
        record Running(Work work, long until) {}
        Queue<Running> running = new ArrayDeque<>();
        int admitted = 0;
        int ended = 0;
        long now = 0;
        for (; now < 2_000 * MILLI; now += MILLI) {
            List<Work> started = new ArrayList<>();
            while (!running.isEmpty() && running.element().until() <= now) {
                started.addAll(lanes.ended(running.remove().work(), null, now));
                admitted--;
                ended++;
            }
            Admission admission = new Admission.Accepted();
            while (admission instanceof Admission.Accepted && admitted < ADMITTED_MAX) {
                admission = offer(work("alone", offset % 3_000, 0), room(admitted), now);
                assertThat(admission).isNotInstanceOf(Admission.Overflow.class);
                admitted += admission instanceof Admission.Accepted ? 1 : 0;
            }
            started.addAll(lanes.startable(now));
            for (Work one : started) {
                running.add(new Running(one, now + latency));
            }
        }
        double most = SLOTS * (now / (double) latency);
        assertThat(ended / most).isGreaterThan(0.85);
    }

    /// Whoever hangs is waited for a moment, and then gives way: others behind its tasks get in at once.
    @Test
    void anOrganizationWhoseDestinationsHangKeepsAPartitionForAMomentOnly() {
        int admitted = 0;
        Admission admission = offer(work("large", 0, 0), room(admitted), 0);
        while (admission instanceof Admission.Accepted) {
            admitted++;
            admission = offer(work("large", admitted, 0), room(admitted), 0);
        }
        assertThat(admitted).isBetween(890, 910);
        assertThat(admission).isEqualTo(new Admission.Later());

        long then = Holding.MEASURED_FOR.toNanos();
        for (int i = 0; i < 1_000; i++) {
            assertThat(offer(work("large", 2_000 + i, 0), room(admitted), then)).isInstanceOf(Admission.Overflow.class);
        }
        for (int i = 0; i < 10; i++) {
            assertThat(offer(work("small", i, 0), room(admitted++), then)).isEqualTo(new Admission.Accepted());
        }
    }

    /// What it cannot hold stays away as long as what it holds takes.
    @Test
    void whatIsSentAwayComesBackOneAfterTheOther() {
        for (int i = 0; i < 100; i++) {
            offer(work("large", i, 0), room(i), 0);
        }
        Room none = new Room(1, Long.MAX_VALUE);
        assertThat(offer(work("large", 200, 0), none, 0)).isEqualTo(new Admission.Later());
        Duration last = Duration.ZERO;
        for (int i = 0; i < 500; i++) {
            Admission admission = offer(work("large", 300 + i, 0), none, Holding.MEASURED_FOR.toNanos());
            assertThat(admission).isInstanceOf(Admission.Overflow.class);
            Duration away = ((Admission.Overflow) admission).away();
            assertThat(away).isGreaterThanOrEqualTo(last);
            last = away;
        }
        assertThat(last).isBetween(Duration.ofMinutes(4), Duration.ofMinutes(6));
    }

    @Test
    void eachPartitionHasRoomOfItsOwn() {
        for (int i = 0; i < 100; i++) {
            offer(work("large", i, 0), AMPLE, 0);
        }
        Room little = new Room(10, Long.MAX_VALUE);
        assertThat(offer(work("large", 100, 0), little, 0)).isEqualTo(new Admission.Later());
        assertThat(offer(work("large", 101, 1), little, 0)).isEqualTo(new Admission.Accepted());
    }

    @Test
    void whatWasDroppedIsHeldNoMore() {
        Room little = new Room(10, Long.MAX_VALUE);
        for (int i = 0; i < 100; i++) {
            offer(work("large", i, 0), AMPLE, 0);
        }
        lanes.drop(_ -> true);
        assertThat(offer(work("large", 100, 0), little, 0)).isEqualTo(new Admission.Accepted());
    }

    /// Payloads may be so large that a few of them are all that fits.
    @Test
    void aDestinationHoldsAShareOfTheBytesToo() {
        long size = work("large", 0, 0).size();
        long max = 100 * size;
        long bytes = 0;
        int held = 0;
        for (int i = 0; i < 100; i++) {
            Admission admission = offer(work("large", 0, 0), new Room(ADMITTED_MAX, max - bytes), 0);
            if (admission instanceof Admission.Accepted) {
                held++;
                bytes += size;
            } else {
                assertThat(admission).isInstanceOf(Admission.Overflow.class);
            }
        }
        assertThat(held).isBetween(19, 22);
    }

    @Test
    void anOrganizationHoldsAShareOfTheBytesToo() {
        long size = work("large", 0, 0).size();
        long max = 100 * size;
        long bytes = 0;
        int held = 0;
        for (int i = 0; i < 100; i++) {
            Room room = new Room(ADMITTED_MAX, max - bytes);
            if (offer(work("large", i, i % 7), room, 0) instanceof Admission.Accepted) {
                held++;
                bytes += size;
            }
        }
        assertThat(held).isBetween(88, 92);
        Room left = new Room(ADMITTED_MAX, max - bytes);
        assertThat(offer(work("small", 0, 0), left, 0)).isEqualTo(new Admission.Accepted());
        assertThat(offer(work("large", 200, 0), left, Holding.MEASURED_FOR.toNanos()))
                .isInstanceOf(Admission.Overflow.class);
    }
}
