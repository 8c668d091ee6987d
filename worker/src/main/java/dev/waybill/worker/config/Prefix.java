package dev.waybill.worker.config;

import dev.waybill.schemas.registry.RegistrySettings;
import dev.waybill.schemas.serde.SerdeSettings;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/// Settings that are passed on to a client by their prefix.
public enum Prefix {
    /// The connection settings of every Kafka client; they have no prefix.
    ALL,
    CONSUMER,
    PRODUCER,
    STREAMS,
    ADMIN,
    REGISTRY;

    /// What the promises rest on; Waybill sets them itself.
    private static final Set<String> OURS = Set.of(
            "bootstrap.servers",
            "group.id",
            "group.protocol",
            "enable.auto.commit",
            "auto.offset.reset",
            "isolation.level",
            "key.deserializer",
            "value.deserializer",
            "key.serializer",
            "value.serializer",
            "acks",
            "enable.idempotence",
            "transactional.id",
            "application.id",
            "processing.guarantee",
            "schema.registry.url");

    private static final Pattern INNER =
            Pattern.compile("^((main\\.|restore\\.|global\\.)?consumer|producer|admin)\\.");

    private static final Set<String> CONNECTION = Set.of("security.", "sasl.", "ssl.");

    private static final Set<String> REGISTRY_KEYS = Set.of(
            RegistrySettings.BASIC_SOURCE,
            RegistrySettings.BASIC_USER_INFO,
            RegistrySettings.BEARER_SOURCE,
            RegistrySettings.BEARER_TOKEN,
            SerdeSettings.AUTO_REGISTER,
            SerdeSettings.USE_LATEST,
            SerdeSettings.REGISTRY_WAIT_MS);

    /// `consumer.` and the like; empty for [#ALL].
    public String text() {
        return this == ALL ? "" : name().toLowerCase(Locale.ROOT) + ".";
    }

    /// The prefix that a key is passed on by, if any.
    static Optional<Prefix> of(String key) {
        for (Prefix prefix : values()) {
            if (prefix == ALL ? CONNECTION.stream().anyMatch(key::startsWith) : key.startsWith(prefix.text())) {
                return Optional.of(prefix);
            }
        }
        return Optional.empty();
    }

    /// Streams has clients of its own, with prefixes such as `main.consumer.`.
    boolean isOurs(String clientKey) {
        String bare = this == STREAMS ? INNER.matcher(clientKey).replaceFirst("") : clientKey;
        return OURS.contains(bare);
    }

    /// The keys that the client knows, by which typos are found. Others are passed on too: interceptors and
    /// authentication plug-ins bring their own.
    Set<String> knownKeys() {
        return switch (this) {
            case ALL, ADMIN -> AdminClientConfig.configNames();
            case CONSUMER -> ConsumerConfig.configNames();
            case PRODUCER -> ProducerConfig.configNames();
            case STREAMS -> streamsKeys();
            case REGISTRY -> REGISTRY_KEYS;
        };
    }

    private static Set<String> streamsKeys() {
        Set<String> keys = new HashSet<>(StreamsConfig.configDef().names());
        for (String client : new String[] {"", "main.", "restore.", "global."}) {
            ConsumerConfig.configNames().forEach(key -> keys.add(client + "consumer." + key));
        }
        ConsumerConfig.configNames().forEach(keys::add);
        ProducerConfig.configNames().forEach(key -> keys.add("producer." + key));
        ProducerConfig.configNames().forEach(keys::add);
        AdminClientConfig.configNames().forEach(key -> keys.add("admin." + key));
        return keys;
    }
}
