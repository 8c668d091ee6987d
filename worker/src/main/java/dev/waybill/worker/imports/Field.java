package dev.waybill.worker.imports;

import java.util.List;

/// What is read of a destination.
enum Field {
    NAME,
    PROVIDER,
    SETTINGS,
    ENABLED,
    REGION,
    LABELS,
    DELETED;

    /// Names under which other systems have it; the first column that is there counts.
    List<String> columns() {
        return switch (this) {
            case NAME -> List.of("name", "display_name", "title");
            case PROVIDER -> List.of("provider", "type", "kind");
            case SETTINGS -> List.of("settings", "config", "configuration");
            case ENABLED -> List.of("enabled", "active", "is_active", "is_enabled");
            case REGION -> List.of("region");
            case LABELS -> List.of("labels");
            case DELETED -> List.of("deleted_at");
        };
    }
}
