package dev.waybill.worker.sink.transfer;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Destination;
import dev.waybill.topology.policy.Policy;
import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.SinkContractTest;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// The contract for what brings files to servers, with a proxy before the server that hangs and cuts.
public abstract class TransferContractTest extends SinkContractTest {

    protected static final String PASSWORD = "password-of-the-first-day";
    private static final String NEXT_PASSWORD = "password-of-the-second-day";

    @TempDir
    Path root;

    protected final FakeSecrets secrets = new FakeSecrets();
    protected final Dialer dialer =
            new Dialer(new EgressGuard(List.of("localhost", "127.0.0.1"), NameResolver.system()));
    private Peer server;
    private FaultyProxy proxy;
    private boolean byName;

    /// The server, as it is told what to do.
    public interface Peer extends AutoCloseable {

        int port();

        void acceptPassword(String password);

        /// Refuses what comes under a name that begins so.
        ///
        /// @param forNow once, with an answer that may be another one later; else always, for good
        void refuse(boolean forNow, String prefix);

        void hangAtRename();

        void breakAfterRenames(int files);

        @Override
        void close() throws IOException;
    }

    /// Starts the server.
    ///
    /// @param root what it serves
    protected abstract Peer start(Path root) throws IOException;

    /// What the settings have beside host, port, password and directory.
    protected abstract Map<String, String> more();

    /// Why the server can neither flood nor drip.
    protected abstract String bounded();

    @BeforeEach
    void start() throws IOException {
        Files.createDirectories(root.resolve("out"));
        Files.createDirectories(root.resolve("batches"));
        server = start(root);
        server.acceptPassword(PASSWORD);
        proxy = FaultyProxy.to(server.port());
    }

    @AfterEach
    void stop() throws IOException {
        provider().close();
        dialer.close();
        proxy.close();
        server.close();
    }

    /// By name and by address in turn, so that two destinations never share a connection.
    private Map<String, String> settings(String directory) {
        byName = !byName;
        Map<String, String> settings = new HashMap<>(more());
        settings.put("host", byName ? "localhost" : "127.0.0.1");
        settings.put("port", Integer.toString(proxy.port()));
        settings.put("password", secrets.put("password", PASSWORD));
        settings.put("directory", directory);
        return settings;
    }

    private Map<String, String> batching() {
        Map<String, String> settings = settings("batches");
        settings.put("batch.format", "files");
        return settings;
    }

    @Override
    protected final Destination destination() {
        return Samples.destination(Kind.TRANSFER, provider().provider(), settings("out"));
    }

    @Override
    protected Destination impatientDestination() {
        return Samples.destination(Kind.TRANSFER, provider().provider(), settings("out"), impatient());
    }

    @Override
    protected Destination batchDestination() {
        return Samples.destination(Kind.TRANSFER, provider().provider(), batching());
    }

    @Override
    protected Destination impatientBatchDestination() {
        return Samples.destination(Kind.TRANSFER, provider().provider(), batching(), impatient());
    }

    private static Policy impatient() {
        return Samples.policy(Kind.TRANSFER, SHORT_CONNECT, SHORT, SHORT_TOTAL);
    }

    @Override
    protected Set<Behaviour> behaviours() {
        return EnumSet.complementOf(EnumSet.copyOf(impossible().keySet()));
    }

    @Override
    protected Map<Behaviour, String> impossible() {
        return Map.of(
                Behaviour.THROTTLE,
                "no answer asks to wait",
                Behaviour.FLOOD,
                bounded(),
                Behaviour.DRIP,
                bounded(),
                Behaviour.REFUSE_CONTENT,
                "each member is a file of its own, and has its own answers",
                Behaviour.TOO_LARGE,
                "each member is a file of its own: there is no size of a batch");
    }

    @Override
    protected void next(Behaviour behaviour) throws IOException {
        switch (behaviour) {
            case REFUSE_FOR_NOW -> server.refuse(true, "");
            case REFUSE_FOR_GOOD -> server.refuse(false, "");
            case REFUSE_A_MEMBER -> server.refuse(true, "d-member-1");
            case HANG_BEFORE_REQUEST -> proxy.hang();
            case HANG_AFTER_REQUEST -> server.hangAtRename();
            case BREAK_BEFORE_REQUEST -> proxy.cut(1);
            case BREAK_AFTER_REQUEST -> server.breakAfterRenames(hasBatches() ? 3 : 1);
            case GONE -> remove();
            default -> throw new IllegalArgumentException(impossible().get(behaviour));
        }
    }

    /// What a batch has begun with tells how many will come.
    private boolean hasBatches() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("batches"))) {
            return files.findAny().isPresent();
        }
    }

    private void remove() throws IOException {
        for (String name : List.of("out", "batches")) {
            try (Stream<Path> files = Files.walk(root.resolve(name))) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Override
    protected List<Bytes> accepted() throws IOException {
        return contents("out", "");
    }

    @Override
    protected List<List<Bytes>> acceptedBatches() throws IOException {
        List<Bytes> members = contents("batches", "d-member-");
        return members.isEmpty() ? List.of() : List.of(members);
    }

    private List<Bytes> contents(String directory, String prefix) throws IOException {
        List<Bytes> contents = new ArrayList<>();
        try (Stream<Path> files = Files.list(root.resolve(directory))) {
            for (Path file : files.filter(one -> isFile(one, prefix))
                    .sorted(Comparator.comparingInt((Path one) -> one.toString().length())
                            .thenComparing(Path::toString))
                    .toList()) {
                contents.add(Bytes.of(Files.readAllBytes(file)));
            }
        }
        return contents;
    }

    private static boolean isFile(Path path, String prefix) {
        String name = path.getFileName().toString();
        return name.startsWith(prefix) && !name.endsWith(".part");
    }

    @Override
    protected List<String> secrets() {
        return List.of(PASSWORD, NEXT_PASSWORD);
    }

    @Override
    protected boolean rotateCredentials() {
        secrets.rotate("password", NEXT_PASSWORD);
        server.acceptPassword(NEXT_PASSWORD);
        return true;
    }
}
