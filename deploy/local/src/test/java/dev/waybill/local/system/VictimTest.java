package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DeliveryPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// One destination of fifty hangs: its tasks wait in the retry topics, and the others do not feel it.
class VictimTest {

    private static final int DESTINATIONS = 50;
    private static final int PER_HALF = 3_000;
    private static final int TO_THE_VICTIM = 600;
    private static final int PAIRS = 7;

    /// Bursts of a second vary by a factor of two on a shared machine, so the bounds are wide. A victim that is felt
    /// makes the others wait for its timeout of many seconds; how much exactly they feel, `bench victim` measures.
    private static final double THROUGHPUT_MIN = 0.5;

    private static final double P99_MAX = 2.5;
    private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);

    /// What one half of a pair measured.
    private record Half(double perSecond, double p99Millis) {}

    @Test
    void theOthersDoNotFeelIt() throws Exception {
        try (Installation installation = Installation.create("victim");
                RecordingReceiver receiver = new RecordingReceiver();
                Application application = new Application(installation)) {
            for (int d = 0; d < DESTINATIONS; d++) {
                application.putWebhook("org" + d, "hook", receiver.url("/ok"), new DeliveryPolicy());
            }
            DeliveryPolicy patient =
                    DeliveryPolicy.newBuilder().setConcurrency(16).build();
            application.putWebhook("victim", "hook", receiver.url("/hang"), patient);
            try (WorkerProcess worker = installation.startWorker("one")) {
                half(application, receiver, "warm", false);
                List<Double> throughput = new ArrayList<>();
                List<Double> latency = new ArrayList<>();
                for (int pair = 0; pair < PAIRS; pair++) {
                    // Now the one half comes first, now the other: what drifts with time favours neither.
                    Half first = half(application, receiver, "a" + pair, pair % 2 == 1);
                    Half second = half(application, receiver, "b" + pair, pair % 2 == 0);
                    Half undisturbed = pair % 2 == 0 ? first : second;
                    Half disturbed = pair % 2 == 0 ? second : first;
                    throughput.add(disturbed.perSecond() / undisturbed.perSecond());
                    latency.add(disturbed.p99Millis() / undisturbed.p99Millis());
                }
                long waiting = waiting(installation, application);
                Figures.print(
                        "victim: throughput of the others %.2f, their p99 %.2f of the undisturbed half"
                                + " (medians of %d pairs: %s, %s); %d turns of the victim's tasks in retry topics",
                        median(throughput), median(latency), PAIRS, rounded(throughput), rounded(latency), waiting);
                assertThat(median(throughput)).as("throughput").isGreaterThanOrEqualTo(THROUGHPUT_MIN);
                assertThat(median(latency)).as("p99").isLessThanOrEqualTo(P99_MAX);
                assertThat(waiting)
                        .as("tasks of the victim in the retry topics")
                        .isPositive();
                worker.kill();
            }
        }
    }

    private static Half half(Application application, RecordingReceiver receiver, String name, boolean disturbed) {
        Map<String, Long> sent = new ConcurrentHashMap<>();
        if (disturbed) {
            for (int i = 0; i < TO_THE_VICTIM; i++) {
                application.request(name + "-victim-" + i, "victim", List.of("hook"), BODY);
            }
        }
        long start = System.nanoTime();
        for (int i = 0; i < PER_HALF; i++) {
            String id = name + "-" + i;
            sent.put(id, System.currentTimeMillis());
            application.request(id, "org" + i % DESTINATIONS, List.of("hook"), BODY);
        }
        application.flush();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> receiver.receipts().keySet().containsAll(sent.keySet()));
        double seconds = (System.nanoTime() - start) / 1e9;
        double[] waits = sent.entrySet().stream()
                .mapToDouble(e -> receiver.firstReceipt(e.getKey()) - e.getValue())
                .sorted()
                .toArray();
        return new Half(PER_HALF / seconds, waits[(int) (waits.length * 0.99)]);
    }

    private static long waiting(Installation installation, Application application) {
        long[] count = {0};
        for (var delay : dev.waybill.schemas.RetryDelay.DEFAULTS) {
            application.read(installation.topics().retries(delay), Duration.ofSeconds(10), () -> true, record -> {
                if (record.key().startsWith("victim/")) {
                    count[0]++;
                }
            });
        }
        return count[0];
    }

    private static List<String> rounded(List<Double> values) {
        return values.stream().map("%.2f"::formatted).toList();
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
