package dev.waybill.worker.sink.s3;

import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Policy;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.BatchId;
import dev.waybill.worker.sink.BatchReport;
import dev.waybill.worker.sink.BatchSink;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.Failures;
import dev.waybill.worker.sink.aws.AwsCodes;
import dev.waybill.worker.sink.aws.AwsExchange;
import dev.waybill.worker.sink.aws.AwsIdentities;
import dev.waybill.worker.sink.http.HttpCall;
import dev.waybill.worker.sink.http.HttpHeaders;
import dev.waybill.worker.sink.http.HttpLine;
import dev.waybill.worker.sink.s3.ObjectTemplate.MissingPlaceException;
import dev.waybill.worker.sink.s3.S3Settings.BatchObjects;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// Puts payloads into one bucket: each as an object of its own, or many as one object.
final class S3Sink implements BatchSink {

    private static final String DELIVERY = "waybill-delivery";
    private static final String BATCH = "waybill-batch";
    private static final String COUNT = "waybill-count";
    private static final String UNKNOWN_TYPE = "application/octet-stream";

    private final S3Settings settings;
    private final HttpCall.Timeouts timeouts;
    private final HttpLine line;
    private final PartsUpload parts;
    private final S3Clients clients;
    private final AwsIdentities identities;
    private final InstantSource clock;

    /// @param line     ended by closing this
    /// @param cleaning not ended by it
    S3Sink(
            S3Settings settings,
            Policy policy,
            HttpLine line,
            HttpLine cleaning,
            S3Clients clients,
            AwsIdentities identities,
            InstantSource clock) {
        this.settings = settings;
        this.timeouts = HttpCall.Timeouts.of(policy);
        this.line = line;
        this.parts = new PartsUpload(cleaning);
        this.clients = clients;
        this.identities = identities;
        this.clock = clock;
    }

    @Override
    public AttemptReport deliver(Attempt attempt) throws InterruptedException {
        return put(() -> object(attempt));
    }

    @Override
    public BatchReport deliverTogether(List<Attempt> attempts) throws InterruptedException {
        BatchObjects batches = settings.batches();
        if (batches == null) {
            throw new IllegalStateException("a destination without batches");
        }
        AttemptReport report = put(() -> object(batches, attempts));
        return report.outcome() instanceof Outcome.Permanent failed && isAboutContent(failed)
                ? new BatchReport.Refused(report, S3Outcomes.isTooLarge(failed))
                : BatchReport.all(attempts.size(), report);
    }

    private static boolean isAboutContent(Outcome.Permanent outcome) {
        return outcome.fault().category() == ErrorCategory.PAYLOAD;
    }

    /// Makes the object that is to be put.
    private interface Making {
        PutObject make() throws IOException, InterruptedException, MissingPlaceException;
    }

    private AttemptReport put(Making making) throws InterruptedException {
        Instant startedAt = clock.instant();
        AwsExchange exchange = new AwsExchange(line, timeouts, false);
        Outcome outcome;
        try {
            PutObject object = making.make();
            outcome = switch (identities.resolve(settings.aws(), exchange)) {
                case AwsIdentities.Resolved.Failed(Outcome.Failed failed) -> failed;
                case AwsIdentities.Resolved.Ready ready ->
                    new Upload(new Bucket(clients.get(settings), settings, ready.provider(), exchange), parts)
                            .put(object);
            };
        } catch (MissingPlaceException e) {
            outcome = permanent("template_value_missing", String.valueOf(e.getMessage()));
        } catch (IllegalKeyException e) {
            outcome = permanent("s3_key_invalid", String.valueOf(e.getMessage()));
        } catch (IOException e) {
            outcome = Failures.unreadable(e);
        }
        return new AttemptReport(
                freshSession(outcome),
                exchange.status(),
                Map.of(),
                null,
                exchange.bytesSent(),
                exchange.remoteAddress(),
                exchange.phases(),
                startedAt);
    }

    /// A session of a role that ended early is begun anew by the next attempt; keys that have ended stay so.
    private Outcome freshSession(Outcome outcome) {
        if (settings.aws().identity().role() != null
                && outcome instanceof Outcome.Permanent(Fault fault)
                && AwsCodes.isEndedSession(fault.code(), "s3")) {
            identities.forget(settings.aws());
            return new Outcome.Retryable(fault, null);
        }
        return outcome;
    }

    private static Outcome permanent(String code, String message) {
        return new Outcome.Permanent(Fault.of(ErrorCategory.PAYLOAD, code, message));
    }

    private PutObject object(Attempt attempt) throws IOException, InterruptedException, MissingPlaceException {
        Delivery delivery = attempt.delivery();
        Payload payload = delivery.request().payload();
        String key = key(settings.key().render(delivery, ObjectKey::clean));
        Map<String, String> metadata = new HashMap<>(Map.of(DELIVERY, delivery.id()));
        settings.shape()
                .metadata()
                .forEach((name, template) -> rendered(template, delivery, ObjectLabels::metadata)
                        .ifPresent(value -> metadata.put(name, value)));
        String known = delivery.payloadHash();
        return new PutObject(
                key,
                attempt.content(),
                HttpHeaders.isValidValue(payload.contentType())
                                && !payload.contentType().isBlank()
                        ? payload.contentType()
                        : UNKNOWN_TYPE,
                known == null ? Sha256.hex(attempt.content()) : known,
                metadata,
                tags(delivery));
    }

    private Map<String, String> tags(Delivery delivery) {
        Map<String, String> tags = new TreeMap<>();
        settings.shape()
                .tags()
                .forEach((name, template) ->
                        rendered(template, delivery, ObjectLabels::tag).ifPresent(value -> tags.put(name, value)));
        return tags;
    }

    /// Without it an object is as good: nothing where the delivery lacks the value.
    private static Optional<String> rendered(ObjectTemplate template, Delivery delivery, UnaryOperator<String> clean) {
        try {
            return Optional.of(clean.apply(template.render(delivery, value -> value)));
        } catch (MissingPlaceException _) {
            return Optional.empty();
        }
    }

    private PutObject object(BatchObjects batches, List<Attempt> members)
            throws IOException, InterruptedException, MissingPlaceException {
        String id = BatchId.of(members.stream().map(one -> one.delivery().id()).toList());
        Bytes bytes = batches.format().bytes(id, members, batches.compression());
        Content content = new Content.Inline(bytes);
        String key = key(batches.key()
                .render(
                        members.getFirst().delivery(),
                        ObjectKey::clean,
                        id,
                        batches.format().extension(batches.compression())));
        return new PutObject(
                key,
                content,
                batches.format().contentType(),
                Sha256.hex(content),
                Map.of(BATCH, id, COUNT, Integer.toString(members.size())),
                Map.of());
    }

    private static String key(String rendered) throws IllegalKeyException {
        try {
            return ObjectKey.check(rendered);
        } catch (IllegalArgumentException e) {
            throw new IllegalKeyException("the delivery " + e.getMessage());
        }
    }

    private static final class IllegalKeyException extends IOException {
        private static final long serialVersionUID = 1;

        IllegalKeyException(String message) {
            super(message);
        }
    }

    @Override
    public ConnectionReport test() throws InterruptedException {
        return new S3ConnectionTest(settings, timeouts, line, clients, identities).run();
    }

    @Override
    public void close() {
        line.close();
    }
}
