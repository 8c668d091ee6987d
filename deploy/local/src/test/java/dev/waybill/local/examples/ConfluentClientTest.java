package dev.waybill.local.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.local.fixture.Backends;
import dev.waybill.schemas.registry.HttpSchemaRegistryClient;
import dev.waybill.schemas.registry.RegistrySettings;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.schemas.serde.SerdeSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Confluent's own client for Node gets on with the embedded registry, and its records are ours, byte for byte.
@Tag("node")
class ConfluentClientTest {

    private static final Path PROGRAM = Path.of("src/test/resources/node/registry.js");

    @Test
    void getsOnWithTheRegistryAndWritesTheSameBytes() throws IOException {
        String topic = Backends.unique("interop");
        String url = Backends.shared().registryUrl();
        var ended = NodeModules.run(PROGRAM, Duration.ofMinutes(1), url, topic);
        assertThat(ended.exitCode()).as(() -> String.join("\n", ended.output())).isZero();

        Map<String, String> said = ended.output().stream()
                .map(line -> line.split(" ", 2))
                .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
        String hex = Objects.requireNonNull(said.remove("bytes")).replace("\"", "");
        assertThat(said)
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("unknownSubject", "{\"status\":404,\"code\":40401}"),
                        Map.entry("sameIdAgain", "true"),
                        Map.entry("lookedUp", "true"),
                        Map.entry("incompatible", "{\"status\":409,\"code\":409}"),
                        Map.entry("testIncompatible", "false"),
                        Map.entry("testCompatible", "true"),
                        Map.entry("versions", "[1,2]"),
                        Map.entry("latest", "2"),
                        Map.entry("level", "{\"status\":404,\"code\":40408}"),
                        Map.entry("setLevel", "\"FULL\""),
                        Map.entry("read", "{\"text\":\"grüezi\",\"n\":7}"),
                        Map.entry("deletedVersion", "1"),
                        Map.entry("deletedSubject", "[2]"),
                        Map.entry("gone", "false"),
                        Map.entry("stillReadable", "{\"text\":\"grüezi\",\"n\":7}")));

        byte[] framed = HexFormat.of().parseHex(hex);
        try (var codec =
                new AvroCodec(new HttpSchemaRegistryClient(RegistrySettings.of(url)), SerdeSettings.defaults())) {
            GenericRecord record = codec.decodeGeneric(framed);
            assertThat(record.get("text")).hasToString("grüezi");
            assertThat(record.get("n")).isEqualTo(7);
            assertThat(codec.encode(Backends.unique("same-schema-same-id"), record))
                    .isEqualTo(framed);
        }
    }
}
