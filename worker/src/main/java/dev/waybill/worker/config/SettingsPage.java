package dev.waybill.worker.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;

/// Writes what is written about the settings: the reference page and the properties file of the distribution.
public final class SettingsPage {

    private static final int COMMENT_WIDTH = 118;

    private SettingsPage() {}

    /// The reference page, `docs/configuration.md`.
    public static String markdown() {
        StringBuilder page = new StringBuilder("""
                # Configuration

                A worker reads a properties file (`waybill worker --config FILE`). Unknown keys are refused. Every setting can
                be overridden by an environment variable: `WAYBILL_` and the key in upper case with `_` for `.`, so that
                `bootstrap.servers` becomes `WAYBILL_BOOTSTRAP_SERVERS`. A value may be a reference, `${provider:path:key}`,
                which is resolved at the start.

                Settings of the Kafka clients are passed on by prefix, as in Kafka Connect: `consumer.`, `producer.`, `streams.`
                and `admin.` reach that sort of client, `registry.` the schema registry's (for example
                `registry.basic.auth.user.info`). `security.*`, `sasl.*` and `ssl.*` without a prefix reach every Kafka client.
                What the promises rest on (acknowledgements, transactions, groups, isolation) is set by Waybill and refused here.

                <!-- Generated: ./waybill settings > docs/configuration.md -->
                """);
        groups().forEach((group, keys) -> {
            page.append("\n## ")
                    .append(group)
                    .append("\n\n| setting | type | default | valid | meaning |\n|---|---|---|---|---|\n");
            keys.forEach(key -> page.append("| `")
                    .append(key.name)
                    .append("` | ")
                    .append(key.type.name().toLowerCase(Locale.ROOT))
                    .append(" | ")
                    .append(shownDefault(key))
                    .append(" | ")
                    .append(valid(key))
                    .append(" | ")
                    .append(key.documentation.replace("|", "\\|"))
                    .append(" |\n"));
        });
        return page.toString();
    }

    /// The file `config/worker.properties`: every setting, explained; the required ones are set, the others commented
    /// out.
    public static String properties() {
        StringBuilder file = new StringBuilder("""
                # Waybill worker. Every setting with its default; take the # away to change one.
                # Each can also come from the environment: WAYBILL_BOOTSTRAP_SERVERS for bootstrap.servers.
                # Settings of Kafka clients are passed on by prefix: consumer. producer. streams. admin. registry.
                """);
        groups().forEach((group, keys) -> {
            file.append("\n# ---- ")
                    .append(group)
                    .append(" ")
                    .append("-".repeat(80 - group.length()))
                    .append("\n");
            keys.forEach(
                    key -> file.append('\n').append(comment(key.documentation)).append(assignment(key)));
        });
        return file.toString();
    }

    private static Map<String, List<ConfigKey>> groups() {
        ConfigDef definition = Settings.definition();
        Map<String, List<ConfigKey>> groups = new LinkedHashMap<>();
        for (String group : definition.groups()) {
            groups.put(group, new ArrayList<>());
        }
        definition.configKeys().values().stream()
                .sorted(Comparator.comparingInt(key -> key.orderInGroup))
                .forEach(key -> Objects.requireNonNull(groups.get(key.group)).add(key));
        return groups;
    }

    private static String shownDefault(ConfigKey key) {
        if (!key.hasDefault()) {
            return "**required**";
        }
        String text = text(key);
        return text.isEmpty() ? "" : "`" + text + "`";
    }

    private static String text(ConfigKey key) {
        return key.type == ConfigDef.Type.PASSWORD
                ? ""
                : Objects.toString(ConfigDef.convertToString(key.defaultValue, key.type), "");
    }

    private static String valid(ConfigKey key) {
        String text = Objects.toString(key.validator, "");
        return text.replace("|", "\\|");
    }

    private static String assignment(ConfigKey key) {
        return key.hasDefault() ? "#" + key.name + "=" + text(key) + "\n" : key.name + "=" + example(key.name) + "\n";
    }

    private static String example(String required) {
        return required.equals(KafkaSettings.BOOTSTRAP) ? "localhost:9092" : "http://localhost:8081";
    }

    private static String comment(String documentation) {
        StringBuilder lines = new StringBuilder();
        StringBuilder line = new StringBuilder("#");
        for (String word : documentation.replace("`", "").split(" ", -1)) {
            if (line.length() + 1 + word.length() > COMMENT_WIDTH) {
                lines.append(line).append('\n');
                line = new StringBuilder("#");
            }
            line.append(' ').append(word);
        }
        return lines.append(line).append('\n').toString();
    }
}
