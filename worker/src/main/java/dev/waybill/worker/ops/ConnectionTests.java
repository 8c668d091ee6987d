package dev.waybill.worker.ops;

import dev.waybill.avro.Destination;
import dev.waybill.schemas.serde.AvroCodec;
import dev.waybill.topology.codec.InvalidRecordException;
import dev.waybill.topology.codec.Records;
import dev.waybill.topology.model.Bytes;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.Sink;
import dev.waybill.worker.sink.SinkProvider;
import io.javalin.http.HttpStatus;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Tries whether deliveries to a destination would work, with its real credentials.
final class ConnectionTests {

    /// A test holds a connection for as long as its policy's timeouts allow.
    private static final int RUNNING_MAX = 16;

    private static final Pattern NAMED = Pattern.compile("Setting (\\S+?):? (.*)", Pattern.DOTALL);

    private final Providers providers;
    private final AvroCodec codec;
    private final Records records;
    private final String topic;
    private final Semaphore slots = new Semaphore(RUNNING_MAX);

    /// @param topic the destinations topic, whose records the model is read from
    ConnectionTests(Providers providers, AvroCodec codec, Records records, String topic) {
        this.providers = providers;
        this.codec = codec;
        this.records = records;
        this.topic = topic;
    }

    ObjectNode run(Destination destination) throws InterruptedException {
        SinkProvider provider = providers
                .find(destination.getProvider())
                .orElseThrow(
                        () -> ProblemException.conflict("this worker has no provider " + destination.getProvider()));
        if (!slots.tryAcquire()) {
            throw new ProblemException(
                    HttpStatus.TOO_MANY_REQUESTS, "at most " + RUNNING_MAX + " connection tests run at a time");
        }
        try (Sink sink = provider.open(records.destination(Bytes.of(codec.encode(topic, destination))))) {
            return json(sink.test());
        } catch (ConfigException | InvalidRecordException e) {
            throw ProblemException.invalid(List.of(fault(String.valueOf(e.getMessage()))));
        } finally {
            slots.release();
        }
    }

    /// Lets the provider look at the settings together, without connecting.
    ///
    /// @throws ProblemException if it would not work with them
    void validate(Destination destination) {
        Destination dated = Destination.newBuilder(destination)
                .setVersion(1)
                .setUpdatedAt(Instant.EPOCH)
                .build();
        SinkProvider provider = providers.find(destination.getProvider()).orElseThrow();
        try (Sink _ = provider.open(records.destination(Bytes.of(codec.encode(topic, dated))))) {
            return;
        } catch (ConfigException | InvalidRecordException e) {
            throw ProblemException.invalid(List.of(fault(String.valueOf(e.getMessage()))));
        }
    }

    /// Providers begin with the setting's name.
    private static Fault fault(String message) {
        Matcher named = NAMED.matcher(message);
        return named.matches()
                ? new Fault("settings." + named.group(1), named.group(2))
                : new Fault("settings", message);
    }

    private static ObjectNode json(ConnectionReport report) {
        ObjectNode json = Json.object();
        json.put("success", report.success());
        if (report.statusCode() != null) {
            json.put("statusCode", report.statusCode());
        }
        ArrayNode checks = json.putArray("checks");
        report.checks()
                .forEach(check -> checks.addObject()
                        .put("name", check.name())
                        .put("passed", check.passed())
                        .put("detail", check.detail()));
        json.set("details", Json.tree(report.details()));
        json.put("totalMs", report.phases().total().toMillis());
        if (report.fault() != null) {
            json.putObject("fault")
                    .put("category", report.fault().category().wireName())
                    .put("code", report.fault().code())
                    .put("message", report.fault().message());
        }
        if (report.hint() != null) {
            json.put("hint", report.hint());
        }
        return json;
    }
}
