package dev.waybill.bench;

import dev.waybill.bench.bed.ForkedJvm;
import dev.waybill.bench.bed.TestBed;
import dev.waybill.bench.load.Checked;
import dev.waybill.bench.load.Payloads;
import dev.waybill.bench.load.PeerCheck;
import dev.waybill.bench.load.Population;
import dev.waybill.bench.load.Requests;
import dev.waybill.bench.load.Run;
import dev.waybill.bench.receiver.Behaviour;
import dev.waybill.schemas.Keys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;

/// What a user would do without Waybill, in the module `bench/peer`. A record's value is the payload, its key says
/// where
/// to.
final class Peer implements Contender {

    private static final Pattern READY = Pattern.compile("^ready ", Pattern.MULTILINE);

    /// As Waybill's topics.
    private static final int PARTITIONS = 12;

    /// A log that can be asked what Waybill's can be asked, in one table.
    private static final String TABLE = """
            create table peer_log (
              id uuid primary key,
              delivery_id varchar(255) not null,
              organization_id varchar(255) not null,
              destination_id uuid not null,
              payload_size integer,
              status varchar(20) not null,
              response_code integer,
              response_time_ms integer,
              delivered_at timestamptz not null);
            create index on peer_log (delivery_id);
            create index on peer_log (destination_id);
            create index on peer_log (organization_id);
            create index on peer_log (status);
            create index on peer_log (delivered_at);
            """;

    private final String name;
    private final TestBed bed;
    private final Population population;
    private final String topic;
    private final String jdbcUrl;
    private final ForkedJvm process;

    private Peer(String kind, TestBed bed, Behaviour behaviour, int concurrency) {
        this.name = kind;
        this.bed = bed;
        this.population = Population.of("org", bed.hosts(), behaviour);
        this.topic = kind + behaviour.path().replace('/', '.');
        this.jdbcUrl = bed.createDatabase(topic, TABLE);
        createTopics();
        this.process = ForkedJvm.start(
                kind,
                bed.directory(),
                classPath(),
                "dev.waybill.bench.peer.Main",
                kind,
                settings(concurrency).toString());
        process.await(READY);
    }

    /// Starts `parallel` or `plain`.
    ///
    /// @param behaviour   of all its customers
    /// @param concurrency POSTs at the same time
    static Peer start(String kind, TestBed bed, Behaviour behaviour, int concurrency) {
        return new Peer(kind, bed, behaviour, concurrency);
    }

    private void createTopics() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bed.bootstrapServers()))) {
            admin.createTopics(List.of(
                            new NewTopic(topic, Optional.of(PARTITIONS), Optional.empty()),
                            new NewTopic(results(), Optional.of(PARTITIONS), Optional.empty())))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private String results() {
        return topic + ".results";
    }

    private Path settings(int concurrency) {
        Properties settings = new Properties();
        settings.setProperty("bootstrap.servers", bed.bootstrapServers());
        settings.setProperty("requests", topic);
        settings.setProperty("results", results());
        settings.setProperty("group", topic);
        settings.setProperty("jdbc.url", jdbcUrl);
        settings.setProperty("concurrency", String.valueOf(concurrency));
        settings.setProperty("urls", urls().toString());
        Path file = bed.directory().resolve(topic + ".properties");
        try (Writer out = Files.newBufferedWriter(file)) {
            settings.store(out, null);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path urls() {
        Path file = bed.directory().resolve(topic + ".urls");
        try {
            return Files.write(
                    file,
                    population.customers().stream()
                            .map(customer -> key(customer) + "\t" + customer.url())
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Kept apart from ours: the peers need other versions of the same libraries.
    private static String classPath() {
        Path target = Path.of(System.getProperty("waybill.home", ".."))
                .resolve("bench")
                .resolve("peer")
                .resolve("target");
        try {
            return target.resolve("classes") + ":"
                    + Files.readString(target.resolve("peer.classpath")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("the module bench/peer is not built", e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ForkedJvm process() {
        return process;
    }

    @Override
    public Requests requests(Behaviour behaviour) {
        return (id, number) -> {
            ProducerRecord<String, byte[]> record =
                    new ProducerRecord<>(topic, key(population.of(number)), Payloads.of(number));
            record.headers().add("id", id.getBytes(StandardCharsets.UTF_8));
            return record;
        };
    }

    private static String key(Population.Customer customer) {
        return Keys.destination(customer.organization(), customer.destination().toString());
    }

    private PeerCheck checkOf(Run run) {
        return new PeerCheck(bed.bootstrapServers(), results(), jdbcUrl, run);
    }

    @Override
    public void awaitRows(Run run) {
        checkOf(run).awaitRows();
    }

    @Override
    public Checked check(Run run) {
        return checkOf(run).check();
    }

    @Override
    public void close() {
        process.close();
    }
}
