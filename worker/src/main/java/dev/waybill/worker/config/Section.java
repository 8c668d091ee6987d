package dev.waybill.worker.config;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Validator;
import org.jspecify.annotations.Nullable;

/// Declares the settings of one group in the order of the reference page.
final class Section {

    private final ConfigDef def;
    private final String group;
    private int order;

    Section(ConfigDef def, String group) {
        this.def = def;
        this.group = group;
    }

    /// @param otherwise the default; null for a setting that may be absent
    Section setting(
            String name, ConfigDef.Type type, @Nullable Object otherwise, Importance importance, String documentation) {
        return add(name, type, otherwise, null, importance, documentation);
    }

    Section setting(
            String name,
            ConfigDef.Type type,
            @Nullable Object otherwise,
            Validator validator,
            Importance importance,
            String documentation) {
        return add(name, type, otherwise, validator, importance, documentation);
    }

    Section required(String name, ConfigDef.Type type, Validator validator, String documentation) {
        return add(name, type, ConfigDef.NO_DEFAULT_VALUE, validator, Importance.HIGH, documentation);
    }

    private Section add(
            String name,
            ConfigDef.Type type,
            @Nullable Object otherwise,
            @Nullable Validator validator,
            Importance importance,
            String documentation) {
        def.define(
                name,
                type,
                otherwise,
                validator,
                importance,
                documentation,
                group,
                ++order,
                ConfigDef.Width.MEDIUM,
                name);
        return this;
    }
}
