package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.local.system.FaultyReceiver.Fault;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A worker under load, some of it failing, needs no more after a quarter of an hour than after five minutes.
class MemoryTest {

    /// A third of it is warming up: by then whatever is made once is there.
    private static final Duration LENGTH = Duration.ofMinutes(Long.getLong("waybill.memory.minutes", 15));

    private static final Duration WARM = LENGTH.dividedBy(3);
    private static final int PER_SECOND = 200;
    private static final int ORGANIZATIONS = 100;

    /// One request in so many goes to a receiver that fails for some seconds, then works for some.
    private static final int FAULTY_SHARE = 20;

    private static final Duration FAULT = Duration.ofSeconds(5);
    private static final double GROWTH_MAX = 1.05;

    @Tag("long")
    @Test
    void aWorkerNeedsNoMoreWithTime() throws Exception {
        try (Installation installation = Installation.create("memory");
                FlakyReceiver receiver =
                        new FlakyReceiver(RandomGeneratorFactory.getDefault().create(1));
                Application application = new Application(installation)) {
            receiver.flaky(true);
            for (int o = 0; o < ORGANIZATIONS; o++) {
                application.putWebhook("org" + o, "hook", receiver.url(), policy());
            }
            List<FaultyReceiver> faulty = new ArrayList<>();
            for (Fault fault : Fault.values()) {
                // What is gone stays away for good, and would show nothing more.
                if (fault != Fault.GONE) {
                    FaultyReceiver one = new FaultyReceiver(fault);
                    faulty.add(one);
                    application.putWebhook("faulty", "hook" + (faulty.size() - 1), one.url(), policy());
                }
            }
            try (WorkerProcess worker = installation.startWorker("one")) {
                load(application, faulty, 0, WARM);
                ProcessUse warm = ProcessUse.atQuiet(worker);
                load(application, faulty, 1, LENGTH.minus(WARM));
                ProcessUse late = ProcessUse.atQuiet(worker);
                Figures.print(
                        "memory: live heap %.1f MiB after %d s, %.1f MiB after %d s (%.3f); threads %d, %d;"
                                + " open files %d, %d; %d times a breaker opened",
                        warm.liveBytes() / 1048576.0,
                        WARM.toSeconds(),
                        late.liveBytes() / 1048576.0,
                        LENGTH.toSeconds(),
                        (double) late.liveBytes() / warm.liveBytes(),
                        warm.threadCount(),
                        late.threadCount(),
                        warm.openFileCount(),
                        late.openFileCount(),
                        trips(installation, application));
                assertThat((double) late.liveBytes()).isLessThanOrEqualTo(warm.liveBytes() * GROWTH_MAX);
                late.assertNoMoreThan(warm);
                assertThat(trips(installation, application))
                        .as("breakers that opened")
                        .isPositive();
                worker.stop();
            } finally {
                for (FaultyReceiver one : faulty) {
                    one.close();
                }
            }
        }
    }

    private static DeliveryPolicy policy() {
        return DeliveryPolicy.newBuilder()
                .setDelaysMs(List.of(1_000L))
                .setMaxAttempts(5)
                .setTotalTimeoutMs(2_000L)
                .setBreakerOpenMs(1_000L)
                .setBreakerOpenMaxMs(2_000L)
                .setBreakerProbes(1)
                .build();
    }

    /// Requests at an even rate, while some receivers fail now and then; all of them work in the end.
    private static void load(Application application, List<FaultyReceiver> faulty, int part, Duration length)
            throws Exception {
        Thread requests = Thread.ofVirtual().start(() -> {
            Pace.run((int) length.toSeconds() * PER_SECOND, PER_SECOND, i -> {
                boolean toFaulty = i % FAULTY_SHARE == 0;
                application.request(
                        "d-" + part + "-" + i,
                        toFaulty ? "faulty" : "org" + i % ORGANIZATIONS,
                        List.of(toFaulty ? "hook" + i / FAULTY_SHARE % faulty.size() : "hook"),
                        ("{\"number\":" + i + "}").getBytes(StandardCharsets.UTF_8));
            });
            application.flush();
        });
        boolean failing = false;
        while (!requests.join(FAULT)) {
            failing = !failing;
            for (FaultyReceiver one : faulty) {
                if (failing) {
                    one.fail();
                } else {
                    one.mend();
                }
            }
        }
        for (FaultyReceiver one : faulty) {
            one.mend();
        }
    }

    private static long trips(Installation installation, Application application) {
        long[] count = {0};
        application.read(installation.topics().destinationHealth(), Duration.ofSeconds(20), () -> true, record -> {
            if (record.value() != null) {
                count[0]++;
            }
        });
        return count[0];
    }
}
