package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.DeliveryAttempt;
import dev.waybill.avro.DeliveryPolicy;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.avro.Payload;
import dev.waybill.avro.RouteFate;
import dev.waybill.local.system.ScriptedReceiver.Answer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Rules change while requests flow through two workers. Each request is resolved by a version that was current when it
/// arrived, or at most [#LAG_MAX] before, or later up to its routing, and goes where that version says.
@SuppressWarnings("NullAway") // an unexpected null fails the test
class RuleChangesTest {

    private static final List<String> ORGANIZATIONS =
            IntStream.range(0, 8).mapToObj(i -> "org" + i).toList();
    private static final int PER_SECOND = 250;
    private static final Duration LAG_MAX = Duration.ofSeconds(2);
    private static final Duration SETTLE_MAX = Duration.ofMinutes(2);
    private static final String RULE = "orders";

    /// What a rule says is its version modulo their number.
    private enum Shape {
        SPREAD("\"selection\":\"weighted\",\"primary\":[{\"destinationId\":\"a\",\"weight\":3},\"b\"]"),
        CHAIN("\"selection\":\"failover\",\"primary\":[\"refusing\"],\"secondary\":[\"broken\"],\"fallback\":[\"c\"]"),
        PLAIN("\"primary\":[\"d\"]");

        private final String json;

        Shape(String json) {
            this.json = json;
        }

        static Shape of(long version) {
            return values()[(int) (version % values().length)];
        }
    }

    /// The fate of a request, which worker routed it, and when the broker had what that worker wrote about it.
    private record Routed(String organization, String deliveryId, RouteFate fate, String router, Instant routed) {}

    private final RuleHistory history = new RuleHistory(LAG_MAX);
    private final Map<String, Long> versions = new HashMap<>();

    @Test
    void a_thousand_requests_are_resolved_by_versions_that_were_current() throws Exception {
        run(1_000);
    }

    @Tag("long")
    @Test
    void ten_thousand_requests_are_resolved_by_versions_that_were_current() throws Exception {
        run(10_000);
    }

    private void run(int requests) throws Exception {
        try (Installation installation = Installation.create("changes");
                ScriptedReceiver receiver = new ScriptedReceiver();
                Application application = new Application(installation)) {
            stampByTheBroker(installation);
            Map<String, String> names = putDestinations(application, receiver);
            try (WorkerProcess one = installation.startWorker("one");
                    WorkerProcess two = installation.startWorker("two");
                    RulesApi api = new RulesApi(one)) {
                changeAll(api);
                Thread load = Thread.ofVirtual().start(() -> {
                    Pace.run(requests, PER_SECOND, i -> application.send(request(i), Map.of()));
                    application.flush();
                });
                while (load.isAlive()) {
                    changeAll(api);
                }
                load.join();
                var results = application.results(SETTLE_MAX, found -> found >= requests);
                Audit audit = new Audit(installation, application, Map.of(), results, requests);
                audit.assertOneResultEach("DELIVERED");
                Collection<Routed> routed = routed(installation, application, results);
                assertVersions(installation, application, routed);
                assertDestinations(routed, names);
                audit.assertRowsAreTheFold();
                one.stop();
                two.stop();
            }
        }
    }

    /// The order of arrival and change is the broker's to tell, not that of the clients' clocks.
    private static void stampByTheBroker(Installation installation) throws Exception {
        var byBroker = new AlterConfigOp(
                new ConfigEntry(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime"), AlterConfigOp.OpType.SET);
        var topics = installation.topics();
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", installation.backend().bootstrapServers()))) {
            admin.incrementalAlterConfigs(List.of(topics.requests(), topics.rules(), topics.attempts()).stream()
                            .collect(Collectors.toMap(
                                    topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic),
                                    _ -> List.of(byBroker))))
                    .all()
                    .get();
        }
    }

    /// @return their names by id
    private static Map<String, String> putDestinations(Application application, ScriptedReceiver receiver) {
        Map<String, Integer> statuses = Map.of("a", 204, "b", 204, "c", 204, "d", 204, "refusing", 400, "broken", 500);
        // A refusal says nothing about the destination; the other one's breaker opens, and stays so.
        DeliveryPolicy policy = DeliveryPolicy.newBuilder()
                .setMaxAttempts(1)
                .setBreakerMinVolume(5)
                .setBreakerOpenMs(600_000L)
                .setBreakerOpenMaxMs(600_000L)
                .build();
        Map<String, String> names = new HashMap<>();
        statuses.forEach((name, status) -> {
            String url = receiver.plays(name, _ -> Answer.of(status));
            ORGANIZATIONS.forEach(
                    organization -> names.put(application.putWebhook(organization, name, url, policy), name));
        });
        return names;
    }

    /// Gives each organization the next version of its rule.
    private void changeAll(RulesApi api) throws IOException, InterruptedException {
        for (String organization : ORGANIZATIONS) {
            long next = versions.merge(organization, 1L, Long::sum);
            long version = api.put(organization, RULE, "{" + Shape.of(next).json + "}");
            history.acknowledged(organization, version, Instant.now());
            assertThat(version).isEqualTo(next);
        }
    }

    private static DeliveryRequest request(int number) {
        return DeliveryRequest.newBuilder()
                .setDeliveryId("d-" + number)
                .setOrganizationId(ORGANIZATIONS.get(number % ORGANIZATIONS.size()))
                .setPayload(Payload.newBuilder()
                        .setType("order")
                        .setBody(ByteBuffer.wrap(new byte[] {1}))
                        .build())
                .setRequestedAt(Instant.now())
                .build();
    }

    private static Collection<Routed> routed(
            Installation installation, Application application, Map<String, List<DeliveryResult>> results) {
        Map<String, Routed> routed = new HashMap<>();
        application.read(installation.topics().attempts(), Duration.ofSeconds(30), () -> true, record -> {
            DeliveryAttempt event = application.codec().decode(record.value(), DeliveryAttempt.class);
            DeliveryResult result = results.get(event.getDeliveryId()).getFirst();
            assertThat(result.getRoutes()).hasSize(1);
            // The first event of a delivery is written when it is resolved; later ones need not be of the same worker.
            routed.putIfAbsent(
                    event.getDeliveryId(),
                    new Routed(
                            event.getOrganizationId(),
                            event.getDeliveryId(),
                            result.getRoutes().getFirst(),
                            event.getWorker(),
                            Instant.ofEpochMilli(record.timestamp())));
        });
        assertThat(routed).hasSameSizeAs(results);
        return routed.values();
    }

    private void assertVersions(Installation installation, Application application, Collection<Routed> routed) {
        application.read(installation.topics().rules(), Duration.ofSeconds(30), () -> true, record -> {
            var rule = application.codec().decode(record.value(), DefaultDestinationRule.class);
            history.written(rule.getOrganizationId(), rule.getVersion(), Instant.ofEpochMilli(record.timestamp()));
        });
        Map<String, Instant> arrivals = new HashMap<>();
        application.read(installation.topics().requests(), Duration.ofSeconds(30), () -> true, record -> {
            var request = application.codec().decode(record.value(), DeliveryRequest.class);
            arrivals.put(request.getDeliveryId(), Instant.ofEpochMilli(record.timestamp()));
        });
        List<String> flaws = new ArrayList<>();
        Map<String, Integer> shares = new TreeMap<>();
        Duration behind = Duration.ZERO;
        for (Routed one : routed) {
            long version = one.fate().getRuleVersion();
            Instant arrived = arrivals.get(one.deliveryId());
            shares.merge(one.router(), 1, Integer::sum);
            history.flaw(
                            one.organization(),
                            version,
                            arrived,
                            one.routed(),
                            one.router().equals("one"))
                    .ifPresent(flaw -> flaws.add(one.deliveryId() + " by " + one.router() + ": " + flaw));
            Duration late = history.behind(one.organization(), version, arrived);
            behind = late.compareTo(behind) > 0 ? late : behind;
        }
        Figures.print(
                "rule changes: %d requests, routed by workers %s, %d versions, at most %d ms behind",
                routed.size(), shares, history.versions(), behind.toMillis());
        assertThat(flaws)
                .as("resolved by another version than one that was current")
                .isEmpty();
        assertThat(shares.keySet()).as("workers that routed").isEqualTo(Set.of("one", "two"));
    }

    private static void assertDestinations(Collection<Routed> routed, Map<String, String> names) {
        Map<Shape, List<RouteFate>> fates = routed.stream()
                .map(Routed::fate)
                .collect(Collectors.groupingBy(fate -> Shape.of(fate.getRuleVersion())));
        assertSpread(fates.get(Shape.SPREAD), names);
        assertThat(fates.get(Shape.PLAIN))
                .allSatisfy(
                        fate -> assertThat(names.get(fate.getDestinationId())).isEqualTo("d"));
        // First its attempts fail, and then there are none any more.
        String exhausted = "refusing permanent 1, broken exhausted 1, c fallback";
        String passedOver = "refusing permanent 1, broken breaker_open 0, c fallback";
        assertThat(fates.get(Shape.CHAIN).stream()
                        .map(fate -> chain(fate, names))
                        .collect(Collectors.groupingBy(chain -> chain, Collectors.counting())))
                .containsOnlyKeys(exhausted, passedOver);
    }

    private static String chain(RouteFate fate, Map<String, String> names) {
        String trail = fate.getTrail().stream()
                .map(entry -> names.get(entry.getDestinationId()) + " " + entry.getReason() + " " + entry.getAttempts())
                .collect(Collectors.joining(", "));
        return trail + ", " + names.get(fate.getDestinationId()) + " " + fate.getRuleTier();
    }

    /// Three to one, within five standard deviations.
    private static void assertSpread(List<RouteFate> fates, Map<String, String> names) {
        Map<String, Long> counts = fates.stream()
                .collect(Collectors.groupingBy(fate -> names.get(fate.getDestinationId()), Collectors.counting()));
        assertThat(counts).containsOnlyKeys("a", "b");
        double deviation = Math.sqrt(fates.size() * 0.75 * 0.25);
        assertThat((double) counts.get("a"))
                .isBetween(0.75 * fates.size() - 5 * deviation, 0.75 * fates.size() + 5 * deviation);
    }
}
