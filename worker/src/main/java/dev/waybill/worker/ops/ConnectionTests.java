package dev.waybill.worker.ops;

import dev.waybill.avro.Destination;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.topology.codec.InvalidRecordException;
import dev.waybill.topology.codec.Records;
import dev.waybill.topology.model.Bytes;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.ConnectionReport.Phase;
import dev.waybill.worker.sink.ConnectionReport.Problem;
import dev.waybill.worker.sink.ConnectionSteps;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.SinkProvider;
import io.javalin.http.HttpStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Tries whether deliveries to a destination would work, with its real credentials.
final class ConnectionTests {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionTests.class);

    /// A test holds a connection for as long as its policy's timeouts allow.
    private static final int RUNNING_MAX = 16;

    private static final Pattern NAMED = Pattern.compile("Setting (\\S+?):? (.*)", Pattern.DOTALL);

    private final Providers providers;
    private final AvroCodec codec;
    private final Records records;
    private final String topic;
    private final Duration patience;
    private final Semaphore slots = new Semaphore(RUNNING_MAX);

    /// @param topic    the destinations topic, whose records the model is read from
    /// @param patience how long a test may take
    ConnectionTests(Providers providers, AvroCodec codec, Records records, String topic, Duration patience) {
        this.providers = providers;
        this.codec = codec;
        this.records = records;
        this.topic = topic;
        this.patience = patience;
    }

    /// How long a test takes at most.
    Duration patience() {
        return patience;
    }

    /// Makes a test.
    ///
    /// @throws ProblemException if too many run, or the settings cannot work together
    ConnectionReport run(Destination destination) throws InterruptedException {
        Optional<SinkProvider> provider = providers.find(destination.getProvider());
        if (provider.isEmpty()) {
            return new ConnectionSteps()
                    .failed(
                            "provider",
                            null,
                            ConnectionError.UNSUPPORTED_PROVIDER,
                            "this worker has no provider " + destination.getProvider());
        }
        if (!slots.tryAcquire()) {
            throw new ProblemException(
                    HttpStatus.TOO_MANY_REQUESTS, "at most " + RUNNING_MAX + " connection tests run at a time");
        }
        try (Sink sink = provider.get().open(model(destination))) {
            return test(sink);
        } catch (ConfigException | InvalidRecordException e) {
            throw ProblemException.invalid(List.of(fault(String.valueOf(e.getMessage()))));
        } finally {
            slots.release();
        }
    }

    private ConnectionReport test(Sink sink) throws InterruptedException {
        FutureTask<ConnectionReport> test = new FutureTask<>(sink::test);
        Thread thread = Thread.ofVirtual().name("waybill-connection-test").start(test);
        try {
            return test.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            return new ConnectionSteps()
                    .failed("test", null, ConnectionError.TIMEOUT, "the test took longer than " + patience);
        } catch (ExecutionException e) {
            LOG.error("a connection test failed; the contract allows no exception", e.getCause());
            return new ConnectionSteps()
                    .failed(
                            "test",
                            null,
                            new Problem(
                                    ConnectionError.INTERNAL,
                                    String.valueOf(e.getCause()).replaceFirst(":.*", ""),
                                    ConnectionError.INTERNAL.hint(),
                                    null,
                                    true));
        } finally {
            thread.interrupt();
        }
    }

    private dev.waybill.topology.model.Destination model(Destination destination) {
        return records.destination(Bytes.of(codec.encode(topic, destination)));
    }

    /// Lets the provider look at the settings together, without connecting.
    ///
    /// @throws ProblemException if it would not work with them
    void validate(Destination destination) {
        SinkProvider provider = providers.find(destination.getProvider()).orElseThrow();
        try (Sink _ = provider.open(model(dated(destination)))) {
            return;
        } catch (ConfigException | InvalidRecordException e) {
            throw ProblemException.invalid(List.of(fault(String.valueOf(e.getMessage()))));
        }
    }

    /// One that was not saved yet, as if it had been.
    static Destination dated(Destination destination) {
        return Destination.newBuilder(destination)
                .setVersion(1)
                .setUpdatedAt(Instant.EPOCH)
                .build();
    }

    /// Providers begin with the setting's name.
    private static Fault fault(String message) {
        Matcher named = NAMED.matcher(message);
        return named.matches()
                ? new Fault("settings." + named.group(1), named.group(2))
                : new Fault("settings", message);
    }

    /// As it is answered.
    static ObjectNode json(ConnectionReport report) {
        ObjectNode json = Json.object();
        json.put("success", report.success());
        json.put("responseTimeMs", millis(report.responseTime()));
        ObjectNode phases = json.putObject("phases");
        for (Phase phase : Phase.values()) {
            Duration time = report.phases().get(phase);
            if (time != null) {
                phases.put(phase.wireName(), millis(time));
            }
        }
        if (report.statusCode() != null) {
            json.put("statusCode", report.statusCode());
        }
        ArrayNode checks = json.putArray("checks");
        report.checks()
                .forEach(check -> checks.addObject()
                        .put("name", check.name())
                        .put("passed", check.passed())
                        .put("detail", check.detail()));
        ArrayNode permissions = json.putArray("permissions");
        report.permissions().stream().sorted().forEach(permission -> permissions.add(permission.wireName()));
        json.set("details", Json.tree(new TreeMap<>(report.details())));
        Problem problem = report.problem();
        if (problem != null) {
            ObjectNode error = json.putObject("error")
                    .put("code", problem.error().wireName())
                    .put("message", problem.message())
                    .put("hint", problem.hint());
            if (problem.providerCode() != null) {
                error.put("providerCode", problem.providerCode());
            }
        }
        return json;
    }

    /// With tenths, because much of it is faster than one.
    private static double millis(Duration time) {
        return Math.round(time.toNanos() / 100_000.0) / 10.0;
    }
}
