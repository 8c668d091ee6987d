package dev.waybill.worker.projector.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.worker.pool.PoolUse;
import dev.waybill.worker.pool.PoolUse.Totals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class PoolUseTest {

    @Test
    void whoWorksWaitsAndIdlesIsTold() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (Database database = TestPostgres.empty("pool_use").database();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> calls = new ArrayList<>();
            calls.add(threads.submit(() -> holds(database, end)));
            calls.add(threads.submit(() -> holds(database, end)));
            Awaitility.await().atMost(Duration.ofSeconds(2)).untilAsserted(() -> assertHolds(database.use(), 2, 0, 0));
            calls.add(threads.submit(() -> holds(database, end)));
            Awaitility.await().atMost(Duration.ofSeconds(2)).untilAsserted(() -> assertHolds(database.use(), 2, 0, 1));
            end.countDown();
            for (Future<Boolean> call : calls) {
                assertThat(call.get()).isTrue();
            }
            assertHolds(database.use(), 0, 2, 0);
            Totals totals = database.use().totals();
            assertThat(totals.created()).isEqualTo(2);
            assertThat(totals.reused()).isEqualTo(1);
            assertThat(totals.broken()).isZero();
            assertThat(totals.waits()).isEqualTo(1);
            assertThat(totals.waited()).isPositive();
        }
    }

    private static void assertHolds(PoolUse use, int inUse, int idle, int waiting) {
        assertThat(List.of(use.inUse(), use.idle(), use.waiting(), use.max())).containsExactly(inUse, idle, waiting, 2);
    }

    private static boolean holds(Database database, CountDownLatch end) {
        return database.transaction(_ -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return true;
        });
    }
}
