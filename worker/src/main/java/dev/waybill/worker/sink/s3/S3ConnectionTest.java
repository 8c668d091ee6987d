package dev.waybill.worker.sink.s3;

import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.ConnectionReport.Permission;
import dev.waybill.worker.sink.ConnectionReport.Phase;
import dev.waybill.worker.sink.ConnectionReport.Problem;
import dev.waybill.worker.sink.ConnectionSteps;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.aws.AwsCodes;
import dev.waybill.worker.sink.aws.AwsExchange;
import dev.waybill.worker.sink.aws.AwsIdentities;
import dev.waybill.worker.sink.aws.AwsIdentities.Resolved;
import dev.waybill.worker.sink.aws.AwsProblems;
import dev.waybill.worker.sink.aws.AwsResult;
import dev.waybill.worker.sink.aws.AwsResult.Done;
import dev.waybill.worker.sink.aws.AwsResult.NotAnswered;
import dev.waybill.worker.sink.aws.AwsResult.Refused;
import dev.waybill.worker.sink.aws.OnVirtualThread;
import dev.waybill.worker.sink.http.HttpCall;
import dev.waybill.worker.sink.http.HttpLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.HeadBucketResponse;

/// Finds out whether deliveries would work: is the bucket there, and may an object be written, looked at and deleted?
/// It
/// does all of that to an object of its own.
final class S3ConnectionTest {

    private static final String NAME = ".waybill-test-";

    private static final Content TEST = new Content.Inline(Bytes.of("test".getBytes(StandardCharsets.UTF_8)));

    private final S3Settings settings;
    private final HttpCall.Timeouts timeouts;
    private final HttpLine line;
    private final S3Clients clients;
    private final AwsIdentities identities;
    private final ConnectionSteps steps = new ConnectionSteps();

    S3ConnectionTest(
            S3Settings settings,
            HttpCall.Timeouts timeouts,
            HttpLine line,
            S3Clients clients,
            AwsIdentities identities) {
        this.settings = settings;
        this.timeouts = timeouts;
        this.line = line;
        this.clients = clients;
        this.identities = identities;
    }

    ConnectionReport run() throws InterruptedException {
        return OnVirtualThread.call(this::onVirtualThread);
    }

    private ConnectionReport onVirtualThread() throws InterruptedException {
        steps.detail("bucket", settings.bucket())
                .detail("region", settings.aws().region());
        AwsExchange exchange = new AwsExchange(line, timeouts, true);
        return switch (identities.resolve(settings.aws(), exchange)) {
            case Resolved.Failed(Outcome.Failed outcome) -> AwsProblems.noCredentials(steps, outcome);
            case Resolved.Ready ready ->
                bucket(new Bucket(clients.get(settings), settings, ready.provider(), exchange), exchange);
        };
    }

    private ConnectionReport bucket(Bucket bucket, AwsExchange exchange) throws InterruptedException {
        AwsResult<HeadBucketResponse> result = bucket.exists();
        AwsProblems.way(steps, exchange);
        return switch (result) {
            case NotAnswered<HeadBucketResponse>(Outcome.Failed outcome) ->
                AwsProblems.notAnswered(steps, exchange, outcome);
            case Done<HeadBucketResponse> _ -> {
                steps.passed("bucket", Phase.PROBE);
                yield probe(bucket);
            }
            case Refused<HeadBucketResponse> refused -> {
                Refused<?> why = explained(bucket, refused);
                if (why == null || (why.code().equals("AccessDenied") && settings.testWrite())) {
                    // Who may write need not be allowed to list.
                    steps.passed("bucket", Phase.PROBE, "not allowed to list it");
                    yield probe(bucket);
                }
                yield failed("bucket", why);
            }
        };
    }

    /// Answers to HEAD have no code; one to a list has. Null if that one went well.
    private @Nullable Refused<?> explained(Bucket bucket, Refused<HeadBucketResponse> refused)
            throws InterruptedException {
        if (!refused.code().isEmpty() && !refused.code().equals("Forbidden") && refused.status() != 403) {
            return refused;
        }
        return refused.status() != 403 && refused.status() != 400
                ? refused
                : switch (bucket.list(settings.key().prefix())) {
                    case Refused<?> why ->
                        new Refused<>(
                                why.status(),
                                why.code(),
                                why.retryAfter(),
                                why.region() == null ? refused.region() : why.region());
                    case NotAnswered<?> _ -> refused;
                    case Done<?> _ -> null;
                };
    }

    private ConnectionReport probe(Bucket bucket) throws InterruptedException {
        if (!settings.testWrite()) {
            return steps.succeeded();
        }
        String key = settings.key().prefix() + NAME + UUID.randomUUID();
        AwsResult<?> put = bucket.put(new PutObject(key, TEST, "text/plain", testHash(), Map.of(), Map.of()));
        ConnectionReport notWritten = problem("write", put);
        if (notWritten != null) {
            return notWritten;
        }
        steps.passed("write", Phase.PROBE).proved(Permission.WRITE);
        AwsResult<?> head = bucket.head(key);
        AwsResult<?> deleted = bucket.delete(key);
        if (head instanceof Refused<?> refused && refused.status() == 403 && settings.overwrite()) {
            steps.passed("read", Phase.PROBE, "not allowed, and not needed with overwrite");
        } else {
            ConnectionReport notRead = problem("read", head);
            if (notRead != null) {
                return notRead;
            }
            steps.passed("read", Phase.PROBE).proved(Permission.READ);
        }
        if (deleted instanceof Refused<?> refused && refused.status() == 403) {
            return steps.passed("delete", Phase.PROBE, "not allowed, and not needed for deliveries: " + key + " stays")
                    .succeeded();
        }
        ConnectionReport notDeleted = problem("delete", deleted);
        return notDeleted == null
                ? steps.passed("delete", Phase.PROBE).proved(Permission.DELETE).succeeded()
                : notDeleted;
    }

    private static String testHash() throws InterruptedException {
        try {
            return Sha256.hex(TEST);
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory can be read", e);
        }
    }

    private @Nullable ConnectionReport problem(String step, AwsResult<?> result) {
        return switch (result) {
            case Done<?> _ -> null;
            case Refused<?> refused -> failed(step, refused);
            case NotAnswered<?>(Outcome.Failed outcome) ->
                steps.failed(
                        step,
                        Phase.PROBE,
                        ConnectionSteps.problem(outcome.fault(), outcome instanceof Outcome.OurFault));
        };
    }

    private ConnectionReport failed(String step, Refused<?> refused) {
        Fault fault = S3Outcomes.of(refused).fault();
        ConnectionError error = error(refused);
        String region = refused.region();
        String hint = region != null && !region.equals(settings.aws().region())
                ? "The bucket is in " + region + ": set region to it."
                : step.equals("read") && error == ConnectionError.PERMISSION_DENIED
                        ? "Allow s3:GetObject, by which a repeated attempt knows its own object; or set overwrite."
                        : error.hint();
        return steps.status(refused.status())
                .failed(
                        step,
                        Phase.PROBE,
                        new Problem(
                                error,
                                fault.message() == null ? fault.code() : fault.message(),
                                hint,
                                refused.code().isEmpty() ? Integer.toString(refused.status()) : refused.code(),
                                S3Outcomes.of(refused) instanceof Outcome.OurFault));
    }

    private ConnectionError error(Refused<?> refused) {
        String region = refused.region();
        if (refused.status() == 301
                || (refused.status() == 400
                        && region != null
                        && !region.equals(settings.aws().region()))) {
            return ConnectionError.INVALID_SETTINGS;
        }
        return switch (S3Outcomes.of(refused)) {
            case Outcome.Throttled _ -> ConnectionError.RATE_LIMITED;
            case Outcome.OurFault _ -> ConnectionError.AUTH_FAILED;
            case Outcome.Retryable retryable -> ConnectionError.of(retryable.fault());
            case Outcome.Ambiguous ambiguous -> ConnectionError.of(ambiguous.fault());
            case Outcome.Permanent _ -> permanent(refused);
        };
    }

    private static ConnectionError permanent(Refused<?> refused) {
        String code = refused.code();
        if (AwsCodes.isUnknownKey(code) || AwsCodes.isEndedSession(code)) {
            return ConnectionError.AUTH_FAILED;
        }
        return switch (refused.status()) {
            case 401 -> ConnectionError.AUTH_FAILED;
            case 403 ->
                code.equals("AllAccessDisabled") || code.equals("AccountProblem")
                        ? ConnectionError.ACCOUNT_DISABLED
                        : ConnectionError.PERMISSION_DENIED;
            case 404 -> ConnectionError.NOT_FOUND;
            default -> ConnectionError.REJECTED;
        };
    }
}
