package dev.waybill.local.embedded.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompatibilityLevelTest {

    private static final Schema A =
            SchemaBuilder.record("R").fields().requiredInt("a").endRecord();
    private static final Schema A_AND_B =
            SchemaBuilder.record("R").fields().requiredInt("a").requiredInt("b").endRecord();
    private static final Schema A_AND_OPTIONAL_B =
            SchemaBuilder.record("R").fields().requiredInt("a").optionalInt("b").endRecord();
    private static final Schema TEXT_A =
            SchemaBuilder.record("R").fields().requiredString("a").endRecord();

    /// Whether the new schema may follow: one with an added field, one with a field less, one with an added optional
    /// field.
    @ParameterizedTest
    @CsvSource({
        "NONE, true, true, true",
        "BACKWARD, false, true, true",
        "FORWARD, true, false, true",
        "FULL, false, false, true"
    })
    void comparesWithTheLatest(CompatibilityLevel level, boolean added, boolean removed, boolean optional) {
        assertThat(level.objection(A_AND_B, List.of(A)).isEmpty()).isEqualTo(added);
        assertThat(level.objection(A, List.of(A_AND_B)).isEmpty()).isEqualTo(removed);
        assertThat(level.objection(A_AND_OPTIONAL_B, List.of(A)).isEmpty()).isEqualTo(optional);
    }

    @ParameterizedTest
    @CsvSource({
        "BACKWARD, true",
        "BACKWARD_TRANSITIVE, false",
        "FORWARD, true",
        "FORWARD_TRANSITIVE, false",
        "FULL, true",
        "FULL_TRANSITIVE, false"
    })
    void onlyTheTransitiveLevelsLookFurtherBack(CompatibilityLevel level, boolean accepted) {
        assertThat(level.objection(A, List.of(TEXT_A, A)).isEmpty()).isEqualTo(accepted);
    }

    @ParameterizedTest
    @CsvSource({"BACKWARD", "FULL_TRANSITIVE"})
    void aFirstVersionIsAlwaysFine(CompatibilityLevel level) {
        assertThat(level.objection(A, List.of())).isEmpty();
    }
}
