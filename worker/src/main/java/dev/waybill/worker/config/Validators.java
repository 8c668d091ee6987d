package dev.waybill.worker.config;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/// Checks of single values. What each prints appears as "valid values" in the reference page.
final class Validators {

    private Validators() {}

    private record Check(Predicate<Object> holds, String expected) implements ConfigDef.Validator {
        @Override
        public void ensureValid(String name, @Nullable Object value) {
            if (value != null && !holds.test(value)) {
                throw new ConfigException(name, value, "expected " + expected);
            }
        }

        @Override
        public String toString() {
            return expected;
        }
    }

    static ConfigDef.Validator matching(Pattern pattern, String expected) {
        return new Check(value -> pattern.matcher(value.toString()).matches(), expected);
    }

    static ConfigDef.Validator nonEmptyList() {
        return new Check(value -> !((List<?>) value).isEmpty(), "at least one entry");
    }

    /// A list without repetitions whose entries are all known.
    static ConfigDef.Validator subsetOf(List<String> known) {
        return new Check(
                value -> Set.copyOf(known).containsAll((List<?>) value)
                        && Set.copyOf((List<?>) value).size() == ((List<?>) value).size(),
                "some of " + String.join(", ", known));
    }

    static ConfigDef.Validator listOf(Predicate<String> entry, String expected) {
        return new Check(value -> ((List<?>) value).stream().allMatch(e -> entry.test(e.toString())), expected);
    }

    static ConfigDef.Validator text(Predicate<String> holds, String expected) {
        return new Check(value -> holds.test(value.toString()), expected);
    }

    static ConfigDef.Validator oneOf(String... known) {
        return new Check(List.of(known)::contains, "one of " + String.join(", ", known));
    }

    /// A bound that is derived where it is 0.
    static ConfigDef.Validator zeroOrAtLeast(long min) {
        return new Check(value -> (Long) value == 0 || (Long) value >= min, "0, or at least " + min);
    }

    static ConfigDef.Range between(Number min, Number max) {
        return ConfigDef.Range.between(min, max);
    }

    static ConfigDef.Range atLeast(Number min) {
        return ConfigDef.Range.atLeast(min);
    }
}
