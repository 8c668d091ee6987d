package dev.waybill.topology.codec;

import dev.waybill.avro.RuleConstraint;
import dev.waybill.topology.model.Constraint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Reads the constraints of rules and templates, and says what is wrong with them.
final class ConstraintMapping {

    static final int CONSTRAINTS_MAX = 20;

    /// A century.
    static final int DAYS_MAX = 36_525;

    private static final String NAMES =
            "encrypted_transport, regions, labels, providers_denied, fallback_required and retention_days";

    private ConstraintMapping() {}

    /// @param faults is told of each fault with its path
    static List<Constraint> toModel(List<RuleConstraint> records, BiConsumer<String, String> faults) {
        if (records.size() > CONSTRAINTS_MAX) {
            faults.accept("constraints", "at most " + CONSTRAINTS_MAX);
            return List.of();
        }
        List<Constraint> constraints = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            RuleConstraint record = records.get(i);
            String path = "constraints[" + i + "]";
            String fault = fault(record);
            if (fault != null) {
                faults.accept(path + ".values", fault);
                continue;
            }
            Constraint constraint = constraint(record);
            if (constraint == null) {
                faults.accept(path + ".constraint", "is one of " + NAMES);
            } else {
                constraints.add(constraint);
            }
        }
        return constraints;
    }

    private static @Nullable String fault(RuleConstraint record) {
        List<String> values = record.getValues();
        if (values.size() > RuleMapping.VALUES_MAX) {
            return "at most " + RuleMapping.VALUES_MAX;
        }
        if (values.stream().anyMatch(value -> value.isBlank() || value.length() > RuleMapping.VALUE_LENGTH_MAX)) {
            return "each has 1 to " + RuleMapping.VALUE_LENGTH_MAX + " characters";
        }
        return switch (record.getConstraint()) {
            case "regions", "providers_denied" -> values.isEmpty() ? "at least one" : null;
            case "labels" ->
                values.isEmpty() || !values.stream().allMatch(value -> value.indexOf('=') > 0)
                        ? "at least one, each written key=value"
                        : null;
            case "fallback_required" -> values.isEmpty() ? null : "none";
            case "retention_days" ->
                values.size() == 1 && isDays(values.getFirst()) ? null : "one whole number from 1 to " + DAYS_MAX;
            default -> null;
        };
    }

    private static boolean isDays(String text) {
        return text.matches("[1-9][0-9]{0,4}") && Integer.parseInt(text) <= DAYS_MAX;
    }

    private static @Nullable Constraint constraint(RuleConstraint record) {
        Set<String> values = Set.copyOf(record.getValues());
        return switch (record.getConstraint()) {
            case "encrypted_transport" -> new Constraint.EncryptedTransport(values);
            case "regions" -> new Constraint.Regions(values);
            case "labels" -> new Constraint.Labels(labels(values));
            case "providers_denied" -> new Constraint.ProvidersDenied(values);
            case "fallback_required" -> new Constraint.FallbackRequired();
            case "retention_days" ->
                new Constraint.RetentionDays(Integer.parseInt(record.getValues().getFirst()));
            default -> null;
        };
    }

    private static Map<String, String> labels(Set<String> values) {
        Map<String, String> labels = new LinkedHashMap<>();
        values.forEach(value -> {
            int equals = value.indexOf('=');
            labels.put(value.substring(0, equals), value.substring(equals + 1));
        });
        return labels;
    }
}
