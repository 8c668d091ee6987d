package dev.waybill.bench.rules;

import dev.waybill.schemas.Keys;
import dev.waybill.schemas.Topics;
import dev.waybill.schemas.registry.InMemorySchemaRegistry;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.schemas.serde.SerdeSettings;
import dev.waybill.topology.codec.Records;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.routing.ConfigurationView;
import dev.waybill.topology.routing.Installation;
import dev.waybill.topology.routing.Resolution;
import dev.waybill.topology.routing.Resolver;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// From a request to its routes, by the rules of one organization.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ResolveBenchmark {

    /// Enough that none is still in the processor's cache for having come just now.
    private static final int REQUESTS = 4_096;

    private static final String ACME = "acme";
    private static final Instant NOW = Instant.parse("2026-11-02T00:00:00Z");

    /// Of the organization.
    @Param({"10", "100", "5000"})
    public int rules = 10;

    private final ConfigurationView configuration = new ConfigurationView(Installation.unknown());
    private List<Request> requests = List.of();
    private int next;

    /// Fills the configuration as the router does.
    @Setup
    public void prepare() {
        Topics topics = new Topics(Topics.DEFAULT_PREFIX);
        RuleSamples samples = new RuleSamples(ACME, rules);
        Random random = new Random(rules);
        try (AvroCodec codec = new AvroCodec(new InMemorySchemaRegistry(), SerdeSettings.defaults())) {
            samples.rules().forEach(rule -> configuration.put(Keys.rule(ACME, rule.getRuleId()), Records.model(rule)));
            Records records = new Records(codec, topics, null);
            requests = IntStream.range(0, REQUESTS)
                    .mapToObj(i -> records.request(
                            Bytes.of(codec.encode(topics.requests(), samples.request("d-" + i, random, new byte[1])))))
                    .toList();
        }
    }

    /// One request after the other.
    @Benchmark
    public Resolution resolve() {
        next = (next + 1) % REQUESTS;
        return Resolver.resolve(configuration, requests.get(next), NOW);
    }
}
