package dev.waybill.worker.sink.file;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.BatchId;
import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.SinkContractTest;
import dev.waybill.worker.sink.SinkProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

class FileContractTest extends SinkContractTest {

    /// Of the suite's first three members.
    private static final String SEGMENT_OF_THREE =
            "19700101T000000.000000Z-" + BatchId.of(List.of("d-member-0", "d-member-1", "d-member-2")) + ".ndjson";

    @TempDir
    Path root;

    @Override
    protected SinkProvider provider() {
        return new FileProvider(new FileRoots(List.of(root)), new FakeSecrets(), InstantSource.system());
    }

    @Override
    protected Destination destination() {
        return Samples.destination(Kind.STORAGE, "file", Map.of("directory", "out"));
    }

    @Override
    protected Destination impatientDestination() {
        return destination();
    }

    @Override
    protected Set<Behaviour> behaviours() {
        return Set.of(Behaviour.REFUSE_FOR_GOOD, Behaviour.REFUSE_CONTENT);
    }

    /// The name is taken by another content, whatever the delivery is called.
    @Override
    protected void next(Behaviour behaviour) throws IOException {
        Path directory = Files.createDirectories(root.resolve("acme/out"));
        Files.writeString(directory.resolve("d-" + behaviour), "something else");
        Files.writeString(directory.resolve("d-code-" + behaviour), "something else");
        Path segments = Files.createDirectories(root.resolve("acme/segments"));
        if (behaviour == Behaviour.REFUSE_CONTENT) {
            Files.writeString(segments.resolve(SEGMENT_OF_THREE), "something else");
        }
    }

    @Override
    protected Destination batchDestination() {
        return Samples.destination(Kind.STORAGE, "file", Map.of("directory", "segments", "batch.format", "ndjson"));
    }

    @Override
    protected List<List<Bytes>> acceptedBatches() throws IOException {
        if (!Files.exists(root.resolve("acme/segments"))) {
            return List.of();
        }
        List<List<Bytes>> accepted = new ArrayList<>();
        try (var files = Files.newDirectoryStream(root.resolve("acme/segments"), "*.ndjson")) {
            for (Path file : files) {
                accepted.add(
                        Files.readAllLines(file).stream().map(Samples::body).toList());
            }
        }
        return accepted;
    }

    @Override
    protected List<Bytes> accepted() throws IOException {
        List<Bytes> accepted = new ArrayList<>();
        try (var files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                accepted.add(Bytes.of(Files.readAllBytes(file)));
            }
        }
        return accepted;
    }

    @Override
    protected List<String> secrets() {
        return List.of();
    }
}
