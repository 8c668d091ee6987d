package dev.waybill.worker.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.jspecify.annotations.Nullable;

/// The whole configuration of a worker, valid and with its references resolved.
///
/// @param warnings what the operator should know and does not stop the start
public record WorkerConfig(
        WorkerSettings worker,
        KafkaSettings kafka,
        RegistryConnection registry,
        PostgresSettings postgres,
        TopicSettings topics,
        RouterSettings router,
        SinkSettings sinks,
        ProjectorSettings projector,
        SafetySettings safety,
        PayloadSettings payload,
        SecretSettings secrets,
        ApiSettings api,
        TelemetrySettings telemetry,
        List<String> warnings) {

    public WorkerConfig {
        warnings = List.copyOf(warnings);
    }

    /// Reads a properties file and the environment.
    ///
    /// @throws InvalidConfigurationException naming every fault
    public static WorkerConfig load(Path file, Map<String, String> environment) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (NoSuchFileException _) {
            throw new InvalidConfigurationException(file + ": there is no such file; name one with --config");
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidConfigurationException(file + ": cannot be read: " + e.getMessage());
        }
        Map<String, String> given = new HashMap<>();
        properties.stringPropertyNames().forEach(key -> given.put(key, properties.getProperty(key)));
        return of(given, environment);
    }

    /// Checks properties, overridden by the environment.
    ///
    /// @throws InvalidConfigurationException naming every fault
    public static WorkerConfig of(Map<String, String> properties, Map<String, String> environment) {
        Environment fromEnvironment = Environment.read(environment);
        Map<String, String> given = new HashMap<>(properties);
        given.putAll(fromEnvironment.overrides());
        Map<String, String> resolved = References.resolve(given);
        PassedOn passed = PassedOn.of(resolved);
        List<String> faults = new ArrayList<>(passed.faults());
        Map<String, @Nullable Object> parsed = new HashMap<>();
        for (ConfigValue value : Settings.definition().validateAll(resolved).values()) {
            // The first says what is wrong; the others follow from it.
            value.errorMessages().stream().findFirst().ifPresent(message -> faults.add(fault(value.name(), message)));
            parsed.put(value.name(), value.value());
        }
        if (!faults.isEmpty()) {
            throw new InvalidConfigurationException(faults.stream().sorted().toList());
        }
        try {
            return build(new Values(parsed), resolved, passed.byPrefix(), fromEnvironment.warnings());
        } catch (ConfigException e) {
            throw new InvalidConfigurationException(String.valueOf(e.getMessage()));
        }
    }

    private static WorkerConfig build(
            Values values,
            Map<String, String> properties,
            Map<Prefix, Map<String, Object>> passed,
            List<String> warnings) {
        return new WorkerConfig(
                WorkerSettings.from(values),
                KafkaSettings.from(values, passed),
                RegistryConnection.from(values, passed),
                PostgresSettings.from(values),
                TopicSettings.from(values),
                RouterSettings.from(values),
                SinkSettings.from(values),
                ProjectorSettings.from(values),
                SafetySettings.from(values),
                PayloadSettings.from(values),
                SecretSettings.from(values, properties),
                ApiSettings.from(values),
                TelemetrySettings.from(values),
                warnings);
    }

    /// With other settings of Kafka's clients.
    public WorkerConfig with(KafkaSettings otherKafka) {
        return new WorkerConfig(
                worker,
                otherKafka,
                registry,
                postgres,
                topics,
                router,
                sinks,
                projector,
                safety,
                payload,
                secrets,
                api,
                telemetry,
                warnings);
    }

    /// Kafka's own messages name the setting too, in several ways; ours always begin with it.
    private static String fault(String name, String message) {
        if (message.startsWith("Missing required configuration")) {
            return name + ": is required; set it in the properties file or as " + Settings.environmentName(name);
        }
        String prefix = "Invalid value ";
        String infix = " for configuration " + name;
        return message.startsWith(prefix) && message.contains(infix)
                ? name + ": " + message.substring(prefix.length()).replace(infix, " is invalid")
                : name + ": " + message;
    }
}
