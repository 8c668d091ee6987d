package dev.waybill.worker.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/// Parsed values by key, typed at the point of use.
record Values(Map<String, @Nullable Object> parsed) {

    String text(String key) {
        return required(key).toString().strip();
    }

    Optional<String> optional(String key) {
        Object value = parsed.get(key);
        return value == null || value.toString().isBlank()
                ? Optional.empty()
                : Optional.of(value.toString().strip());
    }

    Optional<Password> password(String key) {
        return Optional.ofNullable((Password) parsed.get(key));
    }

    List<String> list(String key) {
        return ((List<?>) required(key)).stream().map(Object::toString).toList();
    }

    int integer(String key) {
        return (Integer) required(key);
    }

    long number(String key) {
        return (Long) required(key);
    }

    double fraction(String key) {
        return (Double) required(key);
    }

    boolean flag(String key) {
        return (Boolean) required(key);
    }

    Duration millis(String key) {
        return Duration.ofMillis(number(key));
    }

    Path path(String key) {
        return Path.of(text(key)).toAbsolutePath().normalize();
    }

    private Object required(String key) {
        Object value = parsed.get(key);
        if (value == null) {
            throw new IllegalStateException(key + " has neither a value nor a default");
        }
        return value;
    }
}
