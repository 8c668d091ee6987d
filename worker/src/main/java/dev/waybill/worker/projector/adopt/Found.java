package dev.waybill.worker.projector.adopt;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What there is of names that Waybill's first migration takes, in the schema it would put them into.
///
/// @param tables     those of [Shape], by name
/// @param statuses   values of the type `delivery_status`, if there is one
/// @param inTheWay   other relations of such names
record Found(Map<String, Table> tables, Optional<List<String>> statuses, List<String> inTheWay) {

    /// One relation that has the name of a table.
    ///
    /// @param isPlain    whether it is a table, and neither partitioned, inherited nor under row security
    /// @param columns    by name
    /// @param key        columns of the primary key
    /// @param dependents what refers to it, in words
    record Table(boolean isPlain, Map<String, Column> columns, List<String> key, List<String> dependents) {}

    /// A column as the catalogue describes it.
    ///
    /// @param type as Postgres writes it
    record Column(String type, boolean isRequired) {}

    static final Found NOTHING = new Found(Map.of(), Optional.empty(), List.of());

    /// Names of all of it.
    List<String> names() {
        List<String> names = new ArrayList<>(tables.keySet());
        statuses.ifPresent(_ -> names.add(Shape.STATUS));
        names.addAll(inTheWay);
        return names;
    }

    boolean isEmpty() {
        return tables.isEmpty() && statuses.isEmpty() && inTheWay.isEmpty();
    }
}
