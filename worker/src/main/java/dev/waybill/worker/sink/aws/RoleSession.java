package dev.waybill.worker.sink.aws;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.aws.AwsIdentities.Resolved;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.services.sts.model.Credentials;

/// The session of an assumed role: begun by one attempt, used by all that wait for it and by those after them, until
/// shortly before it ends.
final class RoleSession {

    /// A session lasts 15 minutes at least. What is signed with it must arrive before its end, the parts of a large
    /// object included.
    static final Duration ENDS_EARLY = Duration.ofMinutes(5);

    /// Asks STS.
    interface Beginning {
        AwsResult<Credentials> begin() throws InterruptedException, IOException;
    }

    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Held held;

    private record Held(AwsSessionCredentials credentials, Instant until) {}

    Resolved get(InstantSource clock, Duration patience, Beginning beginning) throws InterruptedException, IOException {
        Resolved.Ready there = there(clock);
        if (there != null) {
            return there;
        }
        if (!lock.tryLock(Math.max(1, patience.toMillis()), TimeUnit.MILLISECONDS)) {
            return new Resolved.Failed(new Outcome.Retryable(
                    Fault.of(ErrorCategory.TIMEOUT, "sts_timeout", "the role was not assumed in time"), null));
        }
        try {
            Resolved.Ready meanwhile = there(clock);
            return meanwhile == null ? keep(beginning.begin()) : meanwhile;
        } finally {
            lock.unlock();
        }
    }

    private Resolved.@Nullable Ready there(InstantSource clock) {
        Held now = held;
        return now != null && clock.instant().isBefore(now.until()) ? new Resolved.Ready(now.credentials()) : null;
    }

    private Resolved keep(AwsResult<Credentials> answer) {
        return switch (answer) {
            case AwsResult.Done<Credentials>(Credentials given) -> {
                AwsSessionCredentials credentials = AwsSessionCredentials.create(
                        given.accessKeyId(), given.secretAccessKey(), given.sessionToken());
                held = new Held(credentials, given.expiration().minus(ENDS_EARLY));
                yield new Resolved.Ready(credentials);
            }
            case AwsResult.Refused<Credentials> refused -> new Resolved.Failed(StsOutcomes.of(refused));
            case AwsResult.NotAnswered<Credentials>(Outcome.Failed outcome) ->
                new Resolved.Failed(StsOutcomes.nothingSent(outcome));
        };
    }
}
