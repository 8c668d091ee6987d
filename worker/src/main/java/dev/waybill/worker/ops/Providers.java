package dev.waybill.worker.ops;

import dev.waybill.worker.sink.SinkProvider;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The providers of this process, by name.
public record Providers(Map<String, SinkProvider> byName) {

    public Providers {
        byName = Map.copyOf(byName);
    }

    public static Providers of(Collection<SinkProvider> providers) {
        Map<String, SinkProvider> byName = new TreeMap<>();
        providers.forEach(provider -> byName.put(provider.provider(), provider));
        return new Providers(byName);
    }

    Optional<SinkProvider> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    List<String> names() {
        return byName.keySet().stream().sorted().toList();
    }

    ArrayNode json() {
        ArrayNode all = Json.array();
        names().stream().map(byName::get).forEach(provider -> {
            if (provider != null) {
                describe(provider, all.addObject());
            }
        });
        return all;
    }

    ObjectNode json(String name) {
        SinkProvider provider = find(name)
                .orElseThrow(
                        () -> ProblemException.notFound("no such provider; known are " + String.join(", ", names())));
        ObjectNode json = Json.object();
        describe(provider, json);
        return json;
    }

    private static void describe(SinkProvider provider, ObjectNode json) {
        json.put("provider", provider.provider());
        json.put("kind", provider.kind().wireName());
        ArrayNode settings = json.putArray("settings");
        provider.settings().configKeys().values().stream()
                .filter(key -> !key.internalConfig)
                .forEach(key -> {
                    ObjectNode setting = settings.addObject();
                    setting.put("name", key.name);
                    setting.put("type", key.type.name().toLowerCase(Locale.ROOT));
                    setting.put("required", !key.hasDefault());
                    setting.put("secret", key.type == ConfigDef.Type.PASSWORD);
                    if (key.hasDefault() && key.defaultValue != null && key.type != ConfigDef.Type.PASSWORD) {
                        setting.put("default", ConfigDef.convertToString(key.defaultValue, key.type));
                    }
                    if (key.validator != null) {
                        setting.put("valid", key.validator.toString());
                    }
                    setting.put("documentation", key.documentation);
                });
        json.set("example", Json.tree(provider.example()));
    }
}
