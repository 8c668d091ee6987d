package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.serde.AvroCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which deliveries may come more than once, and how often: each disturbance of a worker excuses one more receipt of
/// what was not committed at the time.
final class Repeats {

    private final List<Uncommitted.Open> disturbances = new ArrayList<>();

    /// A worker was disturbed.
    ///
    /// @param open what was not committed
    void excuse(Uncommitted.Open open) {
        disturbances.add(open);
    }

    private Map<String, Integer> excused(AvroCodec codec) {
        Map<String, Integer> excused = new HashMap<>();
        for (Uncommitted.Open open : disturbances) {
            open.deliveries(codec).values().forEach(some -> some.forEach(id -> excused.merge(id, 1, Integer::sum)));
        }
        return excused;
    }

    /// Receipts beyond the first that were excused, at most.
    int most(AvroCodec codec) {
        return excused(codec).values().stream().mapToInt(Integer::intValue).sum();
    }

    /// Nothing came more often than it was excused.
    ///
    /// @param receipts    times of all receipts, by delivery
    /// @param unconfirmed receipts of a delivery that the receiver itself did not confirm
    void assertExcused(AvroCodec codec, Map<String, List<Long>> receipts, Map<String, Integer> unconfirmed) {
        Map<String, Integer> excused = excused(codec);
        List<String> inexcusable = new ArrayList<>();
        receipts.forEach((id, times) -> {
            int most = 1 + excused.getOrDefault(id, 0) + unconfirmed.getOrDefault(id, 0);
            if (times.size() > most) {
                inexcusable.add("%s came %d times, not %d at most: %s".formatted(id, times.size(), most, times));
            }
        });
        assertThat(inexcusable)
                .as("deliveries repeated although they were committed")
                .isEmpty();
    }
}
