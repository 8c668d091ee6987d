package dev.waybill.worker.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Settings from environment variables, which win over the file.
///
/// A variable that is no setting is not refused, because platforms add their own (Kubernetes makes a dozen `WAYBILL_…`
/// for a service of that name); one that looks like a typo is warned about.
record Environment(Map<String, String> overrides, List<String> warnings) {

    /// Variables of the launcher and the command line.
    private static final Set<String> OTHERS =
            Set.of("WAYBILL_URL", "WAYBILL_JVM_OPTS", "WAYBILL_CONFIG", "WAYBILL_HOME", "WAYBILL_JDK_RELEASE");

    static Environment read(Map<String, String> variables) {
        Map<String, String> byVariable = new HashMap<>();
        Settings.definition().names().forEach(key -> byVariable.put(Settings.environmentName(key), key));
        Map<String, String> overrides = new HashMap<>();
        List<String> warnings = new ArrayList<>();
        variables.forEach((variable, value) -> {
            if (!variable.startsWith(Settings.ENVIRONMENT_PREFIX) || OTHERS.contains(variable)) {
                return;
            }
            String known = byVariable.get(variable);
            String dotted = variable.substring(Settings.ENVIRONMENT_PREFIX.length())
                    .replace('_', '.')
                    .toLowerCase(Locale.ROOT);
            if (known != null) {
                overrides.put(known, value);
            } else if (Prefix.of(dotted).isPresent() || dotted.startsWith(Settings.CONFIG_PROVIDERS + ".")) {
                overrides.put(dotted, value);
            } else {
                NearestKey.of(variable, byVariable.keySet())
                        .ifPresent(nearest -> warnings.add("the environment variable " + variable
                                + " is no setting and has no effect; did you mean " + nearest + "?"));
            }
        });
        return new Environment(overrides, warnings);
    }
}
