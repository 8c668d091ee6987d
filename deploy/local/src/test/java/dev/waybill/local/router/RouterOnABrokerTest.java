package dev.waybill.local.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.DeliveryRequest;
import dev.waybill.avro.DeliveryResult;
import dev.waybill.avro.Destination;
import dev.waybill.avro.Payload;
import dev.waybill.avro.RuleTarget;
import dev.waybill.local.fixture.Backends;
import dev.waybill.schemas.Keys;
import dev.waybill.schemas.Kind;
import dev.waybill.topology.RouterTopology;
import dev.waybill.topology.model.Fate;
import dev.waybill.topology.model.RouteStatus;
import dev.waybill.topology.model.Task;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RouterOnABrokerTest {

    private static final long YEAR_2100 = Instant.parse("2100-01-01T00:00:00Z").toEpochMilli();

    private static final UUID HOOK = UUID.nameUUIDFromBytes(new byte[] {1});
    private static final UUID SECOND = UUID.nameUUIDFromBytes(new byte[] {2});

    @Test
    void stateAndConfigurationAreThereAgainAfterARestart() throws Exception {
        try (var router = new RouterUnderTest(Backends.shared())) {
            router.put(destination(HOOK, "hook"));
            router.put(destination(SECOND, "second"));
            router.put(rule());
            router.start();
            int right = Keys.partition("acme", RouterUnderTest.PARTITIONS);
            router.request(request("one", "hook"), right, System.currentTimeMillis());
            // Stamped far ahead, and on a wrong partition: it comes round again with its own key.
            router.request(request("two", "hook", "second"), (right + 1) % RouterUnderTest.PARTITIONS, YEAR_2100);
            List<Task> tasks = router.tasks(3);

            router.stop();
            router.loseLocalState();
            router.start();
            router.request(request("one", "hook"), right, YEAR_2100);
            router.request(request("two", "hook"), right, System.currentTimeMillis());
            tasks.stream()
                    .filter(task -> task.delivery().id().equals("two"))
                    .forEach(task -> router.settle(task, delivered(task)));
            router.request(request("three"), right, System.currentTimeMillis());

            DeliveryResult result = router.results(1).getFirst();
            assertThat(result.getDeliveryId()).isEqualTo("two");
            assertThat(result.getStatus()).isEqualTo("DELIVERED");
            assertThat(router.tasks(4).stream().map(task -> task.delivery().id()))
                    .contains("three");
            assertThat(router.topology().applied(router.topics.destinations())).contains(2L);
            assertThat(router.topology().applied(router.topics.rules())).contains(1L);
            assertThat(router.topology().configuration().byName("acme", "hook")).isPresent();
            assertThat(router.read(router.topics.deadLetters(), 0)).isEmpty();
            for (String store : List.of(RouterTopology.SEEN_REQUESTS, RouterTopology.OPEN_DELIVERIES)) {
                assertThat(router.changelogSetting(store, "message.timestamp.type"))
                        .isEqualTo("LogAppendTime");
            }
        }
    }

    private static Destination destination(UUID id, String name) {
        return Destination.newBuilder()
                .setDestinationId(id.toString())
                .setOrganizationId("acme")
                .setName(name)
                .setKind(Kind.WEBHOOK.wireName())
                .setProvider("webhook")
                .setSettings(java.util.Map.of())
                .setVersion(1)
                .setUpdatedAt(Instant.EPOCH)
                .build();
    }

    private static DefaultDestinationRule rule() {
        return DefaultDestinationRule.newBuilder()
                .setOrganizationId("acme")
                .setRuleId("r")
                .setName("r")
                .setPriority(1)
                .setPrimary(List.of(new RuleTarget(HOOK.toString(), 1)))
                .setVersion(1)
                .setChangedAt(Instant.EPOCH)
                .build();
    }

    private static DeliveryRequest request(String deliveryId, String... destinations) {
        return DeliveryRequest.newBuilder()
                .setDeliveryId(deliveryId)
                .setOrganizationId("acme")
                .setPayload(Payload.newBuilder()
                        .setType("t")
                        .setBody(ByteBuffer.wrap(new byte[] {1}))
                        .build())
                .setDestinationIds(List.of(destinations))
                .setRequestedAt(Instant.EPOCH)
                .build();
    }

    private static Fate delivered(Task task) {
        return new Fate(
                task.route().number(),
                RouteStatus.DELIVERED,
                null,
                task.route().current(),
                Kind.WEBHOOK,
                1,
                null,
                204,
                false,
                null,
                null,
                List.of(),
                Instant.now());
    }
}
