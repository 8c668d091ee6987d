package dev.waybill.worker.sink.file;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Destination;
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
        return Set.of(Behaviour.REFUSE_FOR_GOOD);
    }

    /// The name is taken by another content, whatever the delivery is called.
    @Override
    protected void next(Behaviour behaviour) throws IOException {
        Path directory = Files.createDirectories(root.resolve("acme/out"));
        Files.writeString(directory.resolve("d-" + behaviour), "something else");
        Files.writeString(directory.resolve("d-code-" + behaviour), "something else");
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
