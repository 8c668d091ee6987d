package dev.waybill.worker.imports;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Providers of the worker and their settings, so that most of what it would refuse is known before it is asked.
/// Reasons name settings and never quote their values.
///
/// @param byName settings of each provider
record KnownProviders(Map<String, List<Setting>> byName) {

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{[^}]+}");
    private static final String ANY = ".<name>";

    /// A setting, or all under a prefix.
    record Setting(String name, boolean isRequired, boolean isSecret) {

        boolean isMeantBy(String given) {
            return name.endsWith(ANY)
                    ? given.startsWith(name.substring(0, name.length() - ANY.length() + 1))
                    : given.equals(name);
        }
    }

    /// Reads the answer of `GET /v1/providers`.
    static KnownProviders of(JsonNode answer) {
        Map<String, List<Setting>> byName = new HashMap<>();
        for (JsonNode provider : answer.path("providers")) {
            byName.put(
                    provider.path("provider").asString(),
                    provider.path("settings")
                            .valueStream()
                            .map(setting -> new Setting(
                                    setting.path("name").asString(),
                                    setting.path("required").asBoolean(),
                                    setting.path("secret").asBoolean()))
                            .toList());
        }
        return new KnownProviders(byName);
    }

    /// Why the worker would refuse a destination; empty if it probably does not.
    List<String> faults(String provider, Map<String, String> settings) {
        List<Setting> known = byName.get(provider);
        if (known == null) {
            return List.of("provider: no such provider " + provider + "; known are "
                    + String.join(", ", byName.keySet().stream().sorted().toList()));
        }
        List<String> faults = new ArrayList<>();
        settings.forEach((name, value) -> {
            Setting setting = meantBy(known, name);
            if (setting == null) {
                faults.add("settings." + name + ": no such setting of " + provider);
            } else if (setting.isSecret() && !REFERENCE.matcher(value).matches()) {
                faults.add("settings." + name + ": is a secret in clear text: put it with `waybill secret put`, and the"
                        + " destination with the reference");
            }
        });
        known.stream()
                .filter(setting -> setting.isRequired() && !settings.containsKey(setting.name()))
                .forEach(setting -> faults.add("settings." + setting.name() + ": is required"));
        return faults;
    }

    private static @Nullable Setting meantBy(List<Setting> known, String name) {
        return known.stream()
                .filter(setting -> setting.isMeantBy(name))
                .findFirst()
                .orElse(null);
    }
}
