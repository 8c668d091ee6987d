package dev.waybill.worker.ops;

import dev.waybill.worker.sink.SecretNotAllowedException;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.Settings;
import dev.waybill.worker.sink.SinkProvider;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;

/// Checks a destination's settings against what its provider declares.
final class SettingsCheck {

    /// They travel in every task.
    static final int BYTES_MAX = 64 * 1024;

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{[^}]+}");

    private final Secrets secrets;

    SettingsCheck(Secrets secrets) {
        this.secrets = secrets;
    }

    void check(String organization, SinkProvider provider, Map<String, String> settings, Fields faults) {
        int bytes = settings.entrySet().stream()
                .mapToInt(entry -> utf8(entry.getKey()) + utf8(entry.getValue()))
                .sum();
        if (bytes > BYTES_MAX) {
            faults.fault("settings", "at most " + BYTES_MAX + " bytes in all, not " + bytes);
            return;
        }
        ConfigDef definition = provider.settings();
        Map<String, String> values = new HashMap<>(settings);
        settings.forEach((name, value) -> {
            ConfigDef.ConfigKey key = Settings.keyOf(definition, name);
            if (key == null) {
                faults.fault(
                        "settings." + name,
                        "no such setting of " + provider.provider() + "; known are "
                                + String.join(
                                        ", ",
                                        definition.names().stream().sorted().toList()));
            } else if (key.type == ConfigDef.Type.PASSWORD) {
                secret(organization, name, value, faults);
                // What the reference stands for is checked at the attempt.
                values.remove(name);
            }
        });
        for (ConfigValue value : definition.validateAll(values).values()) {
            boolean given = settings.containsKey(value.name());
            boolean secret = isSecret(definition, value.name());
            if (!value.errorMessages().isEmpty() && !(given && secret)) {
                faults.fault("settings." + value.name(), message(value));
            }
        }
    }

    private void secret(String organization, String name, String value, Fields faults) {
        if (!REFERENCE.matcher(value).matches()) {
            faults.fault(
                    "settings." + name,
                    "is a secret: put it with `waybill secret put` and name it here as ${provider:path:key}");
            return;
        }
        try {
            secrets.check(organization, value);
        } catch (SecretNotAllowedException e) {
            faults.fault("settings." + name, String.valueOf(e.getMessage()));
        }
    }

    private static boolean isSecret(ConfigDef definition, String name) {
        ConfigDef.ConfigKey key = definition.configKeys().get(name);
        return key != null && key.type == ConfigDef.Type.PASSWORD;
    }

    private static String message(ConfigValue value) {
        String first = value.errorMessages().getFirst();
        return first.startsWith("Missing required configuration") ? "is required" : first;
    }

    private static int utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
