package dev.waybill.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaParser;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every record ever released must stay readable. `src/test/resources/released` holds the schemas of the
/// last release; a release copies `src/main/avro` over it.
class SchemaEvolutionTest {

    private static final Map<String, Schema> CURRENT = parse(Path.of("src/main/avro"));
    private static final Map<String, Schema> RELEASED = parse(Path.of("src/test/resources/released"));

    static Stream<String> released() {
        return RELEASED.keySet().stream();
    }

    static Stream<Schema> current() {
        return CURRENT.values().stream();
    }

    @ParameterizedTest
    @MethodSource("released")
    void theCurrentSchemaReadsWhatTheReleasedOneWrote(String name) {
        assertThat(CURRENT).containsKey(name);
        var check = SchemaCompatibility.checkReaderWriterCompatibility(CURRENT.get(name), RELEASED.get(name));
        assertThat(check.getType())
                .as(() -> name + ": " + check.getResult().getIncompatibilities())
                .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
    }

    @ParameterizedTest
    @MethodSource("current")
    void everyRecordAndFieldSaysWhatItIs(Schema schema) {
        assertThat(schema.getDoc()).as(schema.getFullName()).isNotBlank();
        if (schema.getType() == Schema.Type.RECORD) {
            assertThat(schema.getFields())
                    .allSatisfy(field -> assertThat(field.doc())
                            .as(schema.getFullName() + "." + field.name())
                            .isNotBlank());
        }
    }

    private static Map<String, Schema> parse(Path folder) {
        var parser = new SchemaParser();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".avsc")).toList()) {
                parser.parse(file);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        var schemas = new TreeMap<String, Schema>();
        parser.getParsedNamedSchemas().forEach(schema -> schemas.put(schema.getFullName(), schema));
        assertThat(schemas).isNotEmpty();
        return schemas;
    }
}
