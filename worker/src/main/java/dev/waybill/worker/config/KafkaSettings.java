package dev.waybill.worker.config;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.ConfigDef;

/// How Kafka clients reach the cluster, and the pass-through settings of each sort of client.
///
/// @param common    for every client: bootstrap servers, and the `security.`, `sasl.` and `ssl.` settings
/// @param overrides by prefix, without it
public record KafkaSettings(Map<String, Object> common, Map<Prefix, Map<String, Object>> overrides) {

    public static final String BOOTSTRAP = CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG;

    public KafkaSettings {
        common = Map.copyOf(common);
        overrides = Map.copyOf(overrides);
    }

    static void define(ConfigDef def) {
        new Section(def, "Kafka")
                .required(
                        BOOTSTRAP,
                        ConfigDef.Type.LIST,
                        Validators.nonEmptyList(),
                        "Brokers to start from, host:port. Settings of the connection (`security.protocol`, `sasl.*`,"
                                + " `ssl.*`) are written as for any Kafka client and hold for all of them.");
    }

    static KafkaSettings from(Values values, Map<Prefix, Map<String, Object>> passed) {
        Map<String, Object> common = new HashMap<>(passed.getOrDefault(Prefix.ALL, Map.of()));
        common.put(BOOTSTRAP, String.join(",", values.list(BOOTSTRAP)));
        return new KafkaSettings(common, passed);
    }

    /// With settings that every client gets too, unless the operator has set them.
    public KafkaSettings with(Map<String, Object> more) {
        Map<String, Object> all = new HashMap<>(more);
        all.putAll(common);
        return new KafkaSettings(all, overrides);
    }

    public String bootstrap() {
        return String.valueOf(common.get(BOOTSTRAP));
    }

    public Map<String, Object> consumer() {
        return client(Prefix.CONSUMER);
    }

    public Map<String, Object> producer() {
        return client(Prefix.PRODUCER);
    }

    public Map<String, Object> admin() {
        return client(Prefix.ADMIN);
    }

    /// For Kafka Streams, whose own `consumer.` and `producer.` prefixes may follow ours, as in
    /// `streams.producer.linger.ms`.
    public Map<String, Object> streams() {
        return client(Prefix.STREAMS);
    }

    private Map<String, Object> client(Prefix prefix) {
        Map<String, Object> client = new HashMap<>(common);
        client.putAll(overrides.getOrDefault(prefix, Map.of()));
        return client;
    }

    /// Keys only: values may be secret.
    @Override
    public String toString() {
        Map<Prefix, Object> keys = new TreeMap<>();
        overrides.forEach((prefix, given) -> keys.put(prefix, given.keySet()));
        return "KafkaSettings[bootstrap=" + bootstrap() + ", given=" + keys + "]";
    }
}
