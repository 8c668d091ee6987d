package dev.waybill.worker.sink.resend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.hc.core5.http.message.BasicHeader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every documented error, and what is none.
class ResendOutcomesTest {

    @ParameterizedTest
    @CsvSource({
        "200,,Delivered,,",
        "201,,Delivered,,",
        "400,invalid_idempotency_key,Permanent,payload,resend_invalid_idempotency_key",
        "400,validation_error,Permanent,payload,resend_validation_error",
        "401,missing_api_key,Permanent,authentication,resend_missing_api_key",
        "401,restricted_api_key,Permanent,authentication,resend_restricted_api_key",
        "401,,Permanent,authentication,http_401",
        "403,invalid_api_key,Permanent,authentication,resend_invalid_api_key",
        "403,validation_error,Permanent,configuration,resend_validation_error",
        "404,not_found,Permanent,configuration,resend_not_found",
        "405,method_not_allowed,Permanent,configuration,resend_method_not_allowed",
        "409,invalid_idempotent_request,Permanent,payload,resend_invalid_idempotent_request",
        "409,concurrent_idempotent_requests,Retryable,response,resend_concurrent_idempotent_requests",
        "408,,Retryable,response,http_408",
        "413,,Permanent,payload,http_413",
        "422,missing_required_field,Permanent,payload,resend_missing_required_field",
        "422,invalid_attachment,Permanent,payload,resend_invalid_attachment",
        "429,rate_limit_exceeded,Throttled,throttled,resend_rate_limit_exceeded",
        "429,daily_quota_exceeded,Throttled,account,resend_daily_quota_exceeded",
        "429,monthly_quota_exceeded,Throttled,account,resend_monthly_quota_exceeded",
        "500,application_error,Retryable,response,resend_application_error",
        "502,,Retryable,response,http_502",
        "500,internal_server_error,Retryable,response,resend_internal_server_error",
        "302,,Permanent,payload,http_302"
    })
    void anAnswerIsJudged(
            int status, @Nullable String name, String kind, @Nullable String category, @Nullable String code) {
        String body =
                name == null ? "<html>" : "{\"statusCode\":" + status + ",\"name\":\"" + name + "\",\"message\":\"m\"}";
        Outcome outcome = ResendOutcomes.of(new Answer(status, List.of(), Samples.body(body)), Instant.EPOCH);
        assertThat(outcome.getClass().getSimpleName()).isEqualTo(kind);
        if (outcome instanceof Outcome.Failed failed) {
            assertThat(failed.fault().category().wireName()).isEqualTo(category);
            assertThat(failed.fault().code()).isEqualTo(code);
            assertThat(failed.fault().responseCode()).isEqualTo(status);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "rate_limit_exceeded,7,7",
        "rate_limit_exceeded,soon,",
        "rate_limit_exceeded,,",
        "rate_limit_exceeded,-1,",
        "daily_quota_exceeded,1,3600",
        "monthly_quota_exceeded,,3600"
    })
    void aThrottleSaysHowLong(String name, @Nullable String header, @Nullable Long seconds) {
        Answer answer = new Answer(
                429,
                header == null ? List.of() : List.of(new BasicHeader("Retry-After", header)),
                Samples.body("{\"name\":\"" + name + "\"}"));
        assertThat(ResendOutcomes.of(answer, Instant.EPOCH))
                .isInstanceOfSatisfying(
                        Outcome.Throttled.class,
                        throttled -> assertThat(throttled.retryAfter())
                                .isEqualTo(seconds == null ? null : Duration.ofSeconds(seconds)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"[]", "{\"name\":5}", "{\"name\":\"Not A Name\"}", "{", "''"})
    void aBodyThatIsNoErrorHasNoName(String body) {
        assertThat(ResendOutcomes.name(new Answer(400, List.of(), Samples.body(body))))
                .isEmpty();
    }
}
