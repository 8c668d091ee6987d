package dev.waybill.worker.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;

/// Where the destinations' secrets are.
///
/// @param root      folder with one folder of secrets per organization
/// @param allow     references that an organization may name; empty for its own folder only
/// @param providers the properties `config.providers` and what begins with them
public record SecretSettings(Path root, List<String> allow, Map<String, String> providers) {

    public static final String ROOT = "secrets.root";
    public static final String ALLOW = "secrets.allow";

    public SecretSettings {
        allow = List.copyOf(allow);
        providers = Map.copyOf(providers);
    }

    static void define(ConfigDef def) {
        new Section(def, "Secrets")
                .setting(
                        ROOT,
                        ConfigDef.Type.STRING,
                        "secrets",
                        Importance.HIGH,
                        "Folder of the destinations' secrets, one folder per organization, where `waybill secret put`"
                                + " writes them. A destination refers to one as"
                                + " `${dir:<secrets.root>/<organization>:<key>}`.")
                .setting(
                        ALLOW,
                        ConfigDef.Type.LIST,
                        "",
                        Validators.listOf(
                                rule -> rule.contains("{organization}") && rule.contains(":"),
                                "provider:path or provider:path:keys, with {organization} in it"),
                        Importance.MEDIUM,
                        "References that an organization's destinations may name, as provider:path or provider:path:keys"
                                + " with `{organization}` in it, for example vault:secret/{organization}. Empty: its own"
                                + " folder under `secrets.root`.")
                .setting(
                        Settings.CONFIG_PROVIDERS,
                        ConfigDef.Type.LIST,
                        "",
                        Importance.MEDIUM,
                        "Names of the providers of `${provider:path:key}` references, in these settings and in those of"
                                + " destinations. `file`, `dir` and `env` are Kafka's own and always there for these"
                                + " settings; for another, give its class as `config.providers.<name>.class` and its"
                                + " parameters as `config.providers.<name>.param.<key>`.");
    }

    static SecretSettings from(Values values, Map<String, String> properties) {
        Map<String, String> providers = new HashMap<>();
        properties.forEach((key, value) -> {
            if (key.equals(Settings.CONFIG_PROVIDERS) || key.startsWith(Settings.CONFIG_PROVIDERS + ".")) {
                providers.put(key, value);
            }
        });
        References.nameClasses(providers);
        return new SecretSettings(values.path(ROOT), values.list(ALLOW), providers);
    }

    /// Keys only: parameters of providers may be secret.
    @Override
    public String toString() {
        return "SecretSettings[root=" + root + ", allow=" + allow + ", providers=" + providers.keySet() + "]";
    }
}
