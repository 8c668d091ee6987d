package dev.waybill.worker.sink.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.aws.AwsResult.Refused;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S3OutcomesTest {

    @ParameterizedTest
    @CsvSource({
        "503, SlowDown, Throttled, throttled, s3_slow_down",
        "503, RequestLimitExceeded, Throttled, throttled, s3_request_limit_exceeded",
        "400, KMS.ThrottlingException, Throttled, throttled, s3_kms_throttling_exception",
        "429, '', Throttled, throttled, http_429",
        "500, InternalError, Retryable, response, s3_internal_error",
        "503, ServiceUnavailable, Retryable, response, s3_service_unavailable",
        "503, '', Retryable, response, http_503",
        "500, '', Retryable, response, http_500",
        "400, RequestTimeout, Retryable, response, s3_request_timeout",
        "409, OperationAborted, Retryable, response, s3_operation_aborted",
        "409, ConditionalRequestConflict, Retryable, response, s3_conditional_request_conflict",
        "404, NoSuchUpload, Retryable, response, s3_no_such_upload",
        "400, BadDigest, Retryable, response, s3_bad_digest",
        "307, TemporaryRedirect, Retryable, response, s3_temporary_redirect",
        "507, '', Retryable, capacity, http_507",
        "403, QuotaExceeded, Retryable, capacity, s3_quota_exceeded",
        "403, InvalidAccessKeyId, Permanent, authentication, s3_invalid_access_key_id",
        "403, SignatureDoesNotMatch, Permanent, authentication, s3_signature_does_not_match",
        "400, ExpiredToken, Permanent, authentication, s3_expired_token",
        "403, AccessDenied, Permanent, authentication, s3_access_denied",
        "403, '', Permanent, authentication, http_403",
        "401, '', Permanent, authentication, http_401",
        "403, RequestTimeTooSkewed, OurFault, internal, s3_request_time_too_skewed",
        "404, NoSuchBucket, Permanent, configuration, s3_no_such_bucket",
        "404, '', Permanent, configuration, http_404",
        "301, PermanentRedirect, Permanent, configuration, s3_permanent_redirect",
        "301, '', Permanent, configuration, http_301",
        "400, AuthorizationHeaderMalformed, Permanent, configuration, s3_authorization_header_malformed",
        "400, KMS.DisabledException, Permanent, configuration, s3_kms_disabled_exception",
        "405, MethodNotAllowed, Permanent, configuration, s3_method_not_allowed",
        "400, EntityTooLarge, Permanent, payload, s3_entity_too_large",
        "400, KeyTooLongError, Permanent, payload, s3_key_too_long_error",
        "400, InvalidRequest, Permanent, payload, s3_invalid_request",
        "400, '', Permanent, payload, http_400",
        "413, '', Permanent, payload, http_413",
        "408, '', Retryable, response, http_408",
        "499, '', Permanent, payload, http_499"
    })
    void each_code_has_its_outcome(int status, String code, String outcome, String category, String faultCode) {
        Outcome.Failed failed = S3Outcomes.of(new Refused<>(status, code, null, null));

        assertThat(failed.getClass().getSimpleName()).isEqualTo(outcome);
        assertThat(failed.fault().category().wireName()).isEqualTo(category);
        assertThat(failed.fault().code()).isEqualTo(faultCode);
        assertThat(failed.fault().responseCode()).isEqualTo(status);
        assertThat(failed.fault().message()).isNotBlank();
    }

    @Test
    void a_hint_is_passed_on() {
        Duration hint = Duration.ofSeconds(3);

        assertThat(S3Outcomes.of(new Refused<>(503, "SlowDown", hint, null)))
                .isInstanceOfSatisfying(
                        Outcome.Throttled.class,
                        throttled -> assertThat(throttled.retryAfter()).isEqualTo(hint));
        assertThat(S3Outcomes.of(new Refused<>(503, "", hint, null)))
                .isInstanceOfSatisfying(
                        Outcome.Retryable.class,
                        retryable -> assertThat(retryable.retryAfter()).isEqualTo(hint));
    }

    @Test
    void another_region_is_told() {
        assertThat(S3Outcomes.of(new Refused<>(301, "PermanentRedirect", null, "eu-west-1"))
                        .fault()
                        .message())
                .contains("eu-west-1");
    }

    @Test
    void only_what_is_too_large_asks_for_smaller_batches() {
        assertThat(S3Outcomes.isTooLarge(S3Outcomes.of(new Refused<>(400, "EntityTooLarge", null, null))))
                .isTrue();
        assertThat(S3Outcomes.isTooLarge(S3Outcomes.of(new Refused<>(413, "", null, null))))
                .isTrue();
        assertThat(S3Outcomes.isTooLarge(S3Outcomes.of(new Refused<>(400, "InvalidRequest", null, null))))
                .isFalse();
    }
}
