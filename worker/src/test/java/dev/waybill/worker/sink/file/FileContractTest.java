package dev.waybill.worker.sink.file;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.SinkContractTest;
import dev.waybill.worker.sink.SinkProvider;
import dev.waybill.worker.sink.file.ScriptedDisk.Step;
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

    private final ScriptedDisk disk = new ScriptedDisk();

    @Override
    protected SinkProvider provider() {
        return new FileProvider(new FileRoots(List.of(root)), new FakeSecrets(), InstantSource.system(), disk);
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
        return Set.of(
                Behaviour.REFUSE_FOR_NOW,
                Behaviour.REFUSE_FOR_GOOD,
                Behaviour.BREAK_BEFORE_REQUEST,
                Behaviour.BREAK_AFTER_REQUEST,
                Behaviour.GONE);
    }

    @Override
    protected Map<Behaviour, String> impossible() {
        String noTimeout = "Java cannot end a call of the file system that does not return, so there is no timeout to"
                + " meet; what a write in progress does when it is closed or interrupted is in FileSinkTest";
        String noAnswer = "a file system answers with success or an error and nothing else";
        return Map.of(
                Behaviour.THROTTLE,
                "a file system does not ask anybody to wait",
                Behaviour.HANG_BEFORE_REQUEST,
                noTimeout,
                Behaviour.HANG_AFTER_REQUEST,
                noTimeout,
                Behaviour.FLOOD,
                noAnswer,
                Behaviour.DRIP,
                noAnswer,
                Behaviour.REFUSE_A_MEMBER,
                "members share one write and one flush: they succeed and fail together",
                Behaviour.REFUSE_CONTENT,
                "a file system does not look at what it is given",
                Behaviour.TOO_LARGE,
                "a segment takes a batch of any size; where there is no room, there is none for its halves");
    }

    @Override
    protected void next(Behaviour behaviour) throws IOException {
        switch (behaviour) {
            case REFUSE_FOR_NOW -> disk.failNext(Step.WRITE_DATA);
            case REFUSE_FOR_GOOD -> takeTheName(behaviour);
            case BREAK_BEFORE_REQUEST -> disk.failNext(Step.FLUSH_DATA);
            case BREAK_AFTER_REQUEST -> disk.failNext(Step.FLUSH_INDEX, Step.FLUSH_DIRECTORY);
            case GONE -> leadAway();
            default -> throw new IllegalArgumentException(impossible().get(behaviour));
        }
    }

    /// The name is taken by another content, whatever the delivery is called.
    private void takeTheName(Behaviour behaviour) throws IOException {
        Path directory = Files.createDirectories(root.resolve("acme/out"));
        Files.writeString(directory.resolve("d-" + behaviour), "something else");
        Files.writeString(directory.resolve("d-code-" + behaviour), "something else");
    }

    /// A link in the place of the directory leads out of the organization's.
    private void leadAway() throws IOException {
        Path directory = Files.createDirectories(root.resolve("acme/segments"));
        Files.move(directory, root.resolve("acme/before"));
        Files.createSymbolicLink(directory, Files.createDirectories(root.resolve("other")));
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
        try (var files = Files.newDirectoryStream(root.resolve("acme/segments"), "*.ndjson{,.open}")) {
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
