package dev.waybill.worker.sink.sendgrid;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every documented status, and what is none.
class SendGridOutcomesTest {

    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

    private static Answer answer(int status, @Nullable String message, @Nullable String field, Header... headers) {
        String body = "{\"errors\":[{\"message\":\"%s\",\"field\":%s,\"help\":null}]}"
                .formatted(message, field == null ? "null" : '"' + field + '"');
        return new Answer(status, List.of(headers), Samples.body(message == null ? "<html>" : body));
    }

    @ParameterizedTest
    @CsvSource({
        "200,,,Delivered,,",
        "202,,,Delivered,,",
        "400,Invalid,personalizations.0.to.0.email,Permanent,payload,http_400_personalizations_0_to_0_email",
        "400,Bad Request,,Permanent,payload,http_400",
        "400,Odd,Not A Field,Permanent,payload,http_400",
        "401,The provided authorization grant is invalid,,Permanent,authentication,http_401",
        "401,Maximum credits exceeded,,Throttled,account,sendgrid_no_credits",
        "403,The from address does not match a verified Sender Identity,from,Permanent,configuration,http_403_from",
        "404,,,Permanent,configuration,http_404",
        "405,,,Permanent,configuration,http_405",
        "408,,,Retryable,response,http_408",
        "413,,,Permanent,payload,http_413",
        "415,,,Permanent,payload,http_415",
        "429,Too Many Requests,,Throttled,throttled,http_429",
        "500,,,Retryable,response,http_500",
        "503,,,Retryable,response,http_503",
        "302,,,Permanent,payload,http_302"
    })
    void an_answer_is_judged(
            int status,
            @Nullable String message,
            @Nullable String field,
            String kind,
            @Nullable String category,
            @Nullable String code) {
        Outcome outcome = SendGridOutcomes.of(answer(status, message, field), NOW);
        assertThat(outcome.getClass().getSimpleName()).isEqualTo(kind);
        if (outcome instanceof Outcome.Failed failed) {
            assertThat(failed.fault().category().wireName()).isEqualTo(category);
            assertThat(failed.fault().code()).isEqualTo(code);
            assertThat(failed.fault().responseCode()).isEqualTo(status);
            assertThat(failed.fault().message()).doesNotContain(message == null ? "<html>" : message);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "X-RateLimit-Reset,1800000007,7",
        "X-RateLimit-Reset,1799999999,0",
        "X-RateLimit-Reset,soon,",
        "X-RateLimit-Reset,18000000070,",
        "Retry-After,9,9",
        "Other,9,"
    })
    void a_throttle_says_how_long(String name, String value, @Nullable Long seconds) {
        assertThat(SendGridOutcomes.of(answer(429, "slower", null, new BasicHeader(name, value)), NOW))
                .isInstanceOfSatisfying(
                        Outcome.Throttled.class,
                        throttled -> assertThat(throttled.retryAfter())
                                .isEqualTo(seconds == null ? null : Duration.ofSeconds(seconds)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"[]", "{\"errors\":5}", "{\"errors\":[]}", "{\"errors\":[5]}", "{", "''"})
    void a_body_that_is_no_error_names_no_field(String body) {
        assertThat(SendGridOutcomes.code(new Answer(400, List.of(), Samples.body(body))))
                .isEqualTo("http_400");
    }
}
