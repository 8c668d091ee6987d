package dev.waybill.worker.projector.history;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// A row, read by the names of its columns.
record Row(Record columns) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    String text(String name) {
        return columns.get(name, String.class);
    }

    @Nullable
    String textOrNull(String name) {
        return columns.get(name, String.class);
    }

    UUID uuid(String name) {
        return columns.get(name, UUID.class);
    }

    int integer(String name) {
        return columns.get(name, int.class);
    }

    @Nullable
    Integer integerOrNull(String name) {
        return columns.get(name, Integer.class);
    }

    long bigint(String name) {
        return columns.get(name, long.class);
    }

    @Nullable
    Long bigintOrNull(String name) {
        return columns.get(name, Long.class);
    }

    Instant time(String name) {
        return columns.get(name, OffsetDateTime.class).toInstant();
    }

    @Nullable
    Instant timeOrNull(String name) {
        OffsetDateTime time = columns.get(name, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    List<String> texts(String name) {
        String[] texts = columns.get(name, String[].class);
        return texts == null ? List.of() : List.of(texts);
    }

    /// A document of texts; empty where there is none.
    Map<String, String> map(String name) {
        String document = columns.get(name, String.class);
        if (document == null) {
            return Map.of();
        }
        var map = new TreeMap<String, String>();
        JSON.readTree(document)
                .properties()
                .forEach(entry -> map.put(entry.getKey(), entry.getValue().asString()));
        return map;
    }
}
