package dev.waybill.worker.sink.s3;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.SinkContractTest;
import dev.waybill.worker.sink.SinkProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// The contract of `s3-compatible` with a store that really keeps objects, and batches as Avro containers.
class S3CompatibleContractTest extends SinkContractTest {

    private static final String SECRET = "a/secret+key";

    private final S3Peers peers = new S3Peers();
    private S3Mock store;
    private String bucket;

    @BeforeEach
    void start() throws Exception {
        store = S3Mock.running();
        bucket = store.newBucket();
    }

    @AfterEach
    void stop() {
        peers.close();
    }

    @Override
    protected SinkProvider provider() {
        return peers.compatible;
    }

    private Map<String, String> settings() {
        return new HashMap<>(Map.of(
                "endpoint",
                store.url(),
                "bucket",
                bucket,
                "access.key.id",
                peers.secrets.put("id", "AKID"),
                "secret.access.key",
                peers.secrets.put("key", SECRET)));
    }

    @Override
    protected Destination destination() {
        return Samples.destination(Kind.STORAGE, "s3-compatible", settings());
    }

    @Override
    protected Destination impatientDestination() {
        return Samples.destination(
                Kind.STORAGE,
                "s3-compatible",
                settings(),
                Samples.policy(Kind.STORAGE, SHORT_CONNECT, SHORT, SHORT_TOTAL));
    }

    @Override
    protected Destination batchDestination() {
        Map<String, String> settings = settings();
        settings.put("batch.format", "avro");
        settings.put("batch.compression", "zstd");
        return Samples.destination(Kind.STORAGE, "s3-compatible", settings);
    }

    @Override
    protected Set<Behaviour> behaviours() {
        return Set.of();
    }

    @Override
    protected Map<Behaviour, String> impossible() {
        return Arrays.stream(Behaviour.values())
                .collect(Collectors.toMap(Function.identity(), _ -> "a real store plays nothing; see S3ContractTest"));
    }

    @Override
    protected void next(Behaviour behaviour) {
        throw new IllegalArgumentException(behaviour + " is impossible");
    }

    @Override
    protected List<Bytes> accepted() throws Exception {
        List<Bytes> objects = new ArrayList<>();
        for (String key : store.keys(bucket)) {
            objects.add(Bytes.of(store.object(bucket, key).body()));
        }
        return objects;
    }

    @Override
    protected List<List<Bytes>> acceptedBatches() throws Exception {
        List<List<Bytes>> batches = new ArrayList<>();
        for (Bytes object : accepted()) {
            batches.add(payloads(object));
        }
        return batches;
    }

    static List<Bytes> payloads(Bytes container) throws IOException {
        List<Bytes> payloads = new ArrayList<>();
        try (DataFileStream<GenericRecord> records =
                new DataFileStream<>(new ByteArrayInputStream(container.array()), new GenericDatumReader<>())) {
            for (GenericRecord one : records) {
                ByteBuffer payload = (ByteBuffer) one.get("payload");
                byte[] bytes = new byte[payload.remaining()];
                payload.get(bytes);
                payloads.add(Bytes.of(bytes));
            }
        }
        return payloads;
    }

    @Override
    protected List<String> secrets() {
        return List.of(SECRET);
    }

    /// The store takes any.
    @Override
    protected boolean rotateCredentials() {
        peers.secrets.rotate("key", "another/secret+key");
        return true;
    }
}
