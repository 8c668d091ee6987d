package dev.waybill.worker.projector.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
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
            List<Future<Boolean>> calls = List.of(
                    threads.submit(() -> holds(database, end)),
                    threads.submit(() -> holds(database, end)),
                    threads.submit(() -> holds(database, end)));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(2))
                    .untilAsserted(() -> assertThat(database.use()).isEqualTo(new PoolUse(2, 0, 1, 2)));
            end.countDown();
            for (Future<Boolean> call : calls) {
                assertThat(call.get()).isTrue();
            }
            assertThat(database.use()).isEqualTo(new PoolUse(0, 2, 0, 2));
        }
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
