package dev.waybill.worker.projector.store;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Texts that Postgres reads as `jsonb` or as arrays. Equal values give equal texts.
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    static @Nullable String orNull(@Nullable Map<String, String> map) {
        return map == null ? null : object(map);
    }

    static String object(Map<String, String> map) {
        return map.isEmpty() ? "{}" : MAPPER.writeValueAsString(new TreeMap<>(map));
    }

    /// The literal of a Postgres array of texts; no array where there is nothing in it.
    static @Nullable String textArray(List<String> texts) {
        return texts.isEmpty()
                ? null
                : texts.stream()
                        .map(text -> '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                        .collect(Collectors.joining(",", "{", "}"));
    }

    /// The literal of a Postgres array of UUIDs or numbers.
    static String array(List<?> plain) {
        return plain.stream().map(Object::toString).collect(Collectors.joining(",", "{", "}"));
    }
}
