package dev.waybill.worker.projector.adopt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ShapeTest {

    private static Found.Table destinations(Map<String, Found.Column> columns) {
        return new Found.Table(true, columns, List.of("id"), List.of());
    }

    private static Found.Table good() {
        return destinations(Map.of(
                "id",
                new Found.Column("uuid", true),
                "organization_id",
                new Found.Column("character varying(255)", true),
                "settings",
                new Found.Column("jsonb", false)));
    }

    private static Found.Table with(String column, Found.Column of) {
        Map<String, Found.Column> columns = new LinkedHashMap<>(good().columns());
        columns.put(column, of);
        return destinations(columns);
    }

    private static Found only(Found.Table table) {
        return new Found(Map.of(Shape.DESTINATIONS, table), Optional.empty(), List.of());
    }

    static List<Arguments> tables() {
        UnaryOperator<String> own = text -> "delivery_destinations" + text;
        return List.of(
                Arguments.of(only(good()), List.of()),
                Arguments.of(Found.NOTHING, List.of()),
                Arguments.of(only(with("organization_id", new Found.Column("character varying(36)", true))), List.of()),
                Arguments.of(
                        only(with("organization_id", new Found.Column("character varying(256)", true))),
                        List.of(own.apply(".organization_id is character varying(256), not character varying(255)"))),
                Arguments.of(
                        only(with("organization_id", new Found.Column("text", true))),
                        List.of(own.apply(".organization_id is text, not character varying(255)"))),
                Arguments.of(
                        only(with("id", new Found.Column("integer", false))),
                        List.of(own.apply(".id is integer, not uuid"), own.apply(".id is not NOT NULL"))),
                Arguments.of(
                        only(destinations(Map.of("id", new Found.Column("uuid", true)))),
                        List.of(own.apply(" has no column organization_id"))),
                Arguments.of(
                        only(new Found.Table(true, good().columns(), List.of("id", "x"), List.of("a view reads it"))),
                        List.of("the primary key of delivery_destinations is not id", "a view reads it")),
                Arguments.of(
                        only(new Found.Table(false, Map.of(), List.of(), List.of())),
                        List.of(own.apply(" is no plain table (a view, partitioned, inherited or with row security)"))),
                Arguments.of(
                        new Found(Map.of(), Optional.of(List.of("pending", "lost")), List.of("deliveries")),
                        List.of(
                                "delivery_status has no value 'queued'",
                                "delivery_status has no value 'delivering'",
                                "delivery_status has no value 'retrying'",
                                "delivery_status has no value 'delivered'",
                                "delivery_status has no value 'failed'",
                                "delivery_status has no value 'rejected'",
                                "delivery_status has no value 'skipped'",
                                "delivery_status has no value 'expired'",
                                "delivery_status has no value 'cancelled'",
                                "delivery_status has a value 'lost', which Waybill does not know",
                                "there is a relation deliveries, which is not Waybill's: rename it, or give Waybill a"
                                        + " schema of its own")));
    }

    @ParameterizedTest
    @MethodSource("tables")
    void everyDifferenceIsNamed(Found found, List<String> differences) {
        assertThat(Shape.differences(found)).isEqualTo(differences);
    }
}
