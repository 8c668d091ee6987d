package dev.waybill.worker.sink.aws;

import dev.waybill.topology.policy.Outcome;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What became of a call to a service of AWS.
public sealed interface AwsResult<T> {

    /// It was done.
    record Done<T>(T value) implements AwsResult<T> {}

    /// The service refused it. What it says beside the code is left out: it may quote what was sent.
    ///
    /// @param code       as the service has it, such as `NoSuchBucket`; empty where there is none, as after HEAD
    /// @param retryAfter how long it asks to wait
    /// @param region     where the bucket is, if it says so
    record Refused<T>(
            int status,
            String code,
            @Nullable Duration retryAfter,
            @Nullable String region) implements AwsResult<T> {

        /// The same for a call with another result.
        public <U> Refused<U> as() {
            return new Refused<>(status, code, retryAfter, region);
        }
    }

    /// There is no answer. The outcome says whether the call may have been processed.
    record NotAnswered<T>(Outcome.Failed outcome) implements AwsResult<T> {}
}
