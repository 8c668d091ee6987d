package dev.waybill.worker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.avro.DefaultDestinationRule;
import dev.waybill.avro.Destination;
import dev.waybill.avro.RuleTarget;
import dev.waybill.schemas.Topics;
import dev.waybill.schemas.registry.InMemorySchemaRegistry;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.schemas.serde.SerdeSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What a producer writes to the topics, good or bad, and what the API then shows.
class ConfigurationFeedTest {

    private static final String ID = new UUID(1, 2).toString();
    private static final String GOOD = "acme/" + ID;

    private final Topics topics = new Topics("t.");
    private final AvroCodec codec = new AvroCodec(new InMemorySchemaRegistry(), SerdeSettings.defaults());
    private final ConfigurationView view = new ConfigurationView();
    private final ConfigurationFeed feed = new ConfigurationFeed(topics, codec, view);
    private long offset;

    private void read(String topic, @Nullable String key, byte @Nullable [] value) throws InterruptedException {
        feed.apply(new ConsumerRecord<>(topic, 0, offset, key, value));
        // Whatever it was, whoever waits for it must not wait for ever.
        assertThat(view.await(topic, offset++, Duration.ZERO)).isTrue();
    }

    private void read(String topic, String key, SpecificRecord value) throws InterruptedException {
        read(topic, key, codec.encode(topic, value));
    }

    private static Destination destination(String kind, long version) {
        return Destination.newBuilder()
                .setDestinationId(ID)
                .setOrganizationId("acme")
                .setName("crm")
                .setKind(kind)
                .setProvider("webhook")
                .setSettings(Map.of())
                .setVersion(version)
                .setUpdatedAt(Instant.EPOCH)
                .build();
    }

    private static DefaultDestinationRule rule(String selection, long version) {
        return DefaultDestinationRule.newBuilder()
                .setOrganizationId("acme")
                .setRuleId("r")
                .setName("r")
                .setPriority(1)
                .setSelection(selection)
                .setPrimary(List.of(new RuleTarget(ID, 1)))
                .setVersion(version)
                .setChangedAt(Instant.EPOCH)
                .build();
    }

    @Test
    void aDestinationThatTheRouterWouldNotTakeChangesNothing() throws Exception {
        read(topics.destinations(), GOOD, destination("webhook", 1));
        read(topics.destinations(), GOOD, destination("pigeon", 2));
        read(topics.destinations(), "acme/other", destination("webhook", 3));
        read(topics.destinations(), GOOD, new byte[] {1, 2, 3});
        read(topics.destinations(), null, codec.encode(topics.destinations(), destination("webhook", 4)));

        assertThat(view.destinations("acme"))
                .singleElement()
                .satisfies(entry -> assertThat(entry.value().getVersion()).isEqualTo(1));
        read(topics.destinations(), GOOD, (byte[]) null);
        assertThat(view.destinations("acme")).isEmpty();
    }

    @Test
    void aRuleThatTheRouterWouldNotTakeChangesNothing() throws Exception {
        read(topics.rules(), "acme/r", rule("all", 1));
        read(topics.rules(), "acme/r", rule("best", 2));
        read(topics.rules(), "acme/other", rule("all", 3));
        read(topics.rules(), "acme/r", new byte[] {1, 2, 3});

        assertThat(view.rules("acme"))
                .singleElement()
                .satisfies(entry -> assertThat(entry.value().getVersion()).isEqualTo(1));
        read(topics.rules(), "acme/r", (byte[]) null);
        assertThat(view.rules("acme")).isEmpty();
    }
}
