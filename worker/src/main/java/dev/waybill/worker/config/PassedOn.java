package dev.waybill.worker.config;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The settings that clients get by their prefix, and the faults of all keys.
record PassedOn(Map<Prefix, Map<String, Object>> byPrefix, List<String> faults) {

    /// Keys of plug-ins differ from the known ones by more than a slip of the finger.
    private static final int TYPO = 2;

    static PassedOn of(Map<String, String> properties) {
        Map<Prefix, Map<String, Object>> passed = new EnumMap<>(Prefix.class);
        List<String> faults = new ArrayList<>();
        properties.forEach((key, value) -> {
            if (Settings.definition().names().contains(key) || key.startsWith(Settings.CONFIG_PROVIDERS + ".")) {
                return;
            }
            Optional<Prefix> prefix = Prefix.of(key);
            if (prefix.isEmpty()) {
                faults.add(unknown(key));
                return;
            }
            String clientKey = key.substring(prefix.get().text().length());
            fault(key, clientKey, prefix.get()).ifPresent(faults::add);
            passed.computeIfAbsent(prefix.get(), _ -> new HashMap<>()).put(clientKey, value);
        });
        return new PassedOn(passed, faults);
    }

    private static String unknown(String key) {
        return NearestKey.of(key, Settings.definition().names())
                .map(nearest -> key + ": no such setting; did you mean " + nearest + "?")
                .orElse(key + ": no such setting; docs/configuration.md lists them");
    }

    private static Optional<String> fault(String key, String clientKey, Prefix prefix) {
        if (prefix.isOurs(clientKey)) {
            return Optional.of(key + ": Waybill sets this itself, because its promises rest on it; take the line out");
        }
        if (prefix.knownKeys().contains(clientKey)) {
            return Optional.empty();
        }
        return NearestKey.of(clientKey, prefix.knownKeys())
                .filter(nearest -> NearestKey.distance(clientKey, nearest) <= TYPO)
                .map(nearest -> key + ": no such setting of the client; did you mean " + prefix.text() + nearest + "?");
    }
}
