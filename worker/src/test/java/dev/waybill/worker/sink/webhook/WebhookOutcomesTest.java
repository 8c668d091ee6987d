package dev.waybill.worker.sink.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Outcome.Delivered;
import dev.waybill.topology.policy.Outcome.Failed;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.topology.policy.Outcome.Throttled;
import dev.waybill.topology.policy.Policy;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.http.RetryAfter;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookOutcomesTest {

    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final Policy POLICY = Policy.defaults(Kind.WEBHOOK);

    private static Outcome of(int status, @Nullable String retryAfter) {
        return WebhookOutcomes.of(status, retryAfter, NOW, POLICY);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 206, 299})
    void delivered(int status) {
        assertThat(of(status, null)).isEqualTo(new Delivered());
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 409, 423, 425, 500, 501, 502, 503, 504, 507, 529, 599})
    void retryable(int status) {
        assertThat(of(status, null)).isInstanceOf(Retryable.class);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                101, 300, 301, 302, 303, 304, 307, 308, 399, 400, 401, 402, 403, 404, 405, 406, 407, 410, 411, 413, 415,
                422, 424, 426, 431, 451, 499, 600, 999
            })
    void permanent(int status) {
        assertThat(of(status, null)).isInstanceOf(Permanent.class);
    }

    @Test
    void throttled() {
        assertThat(of(429, null)).isInstanceOf(Throttled.class);
        assertThat(of(503, "5")).isInstanceOf(Throttled.class);
        assertThat(of(503, "soon")).isInstanceOf(Retryable.class);
    }

    @ParameterizedTest
    @CsvSource({
        "401, AUTHENTICATION",
        "403, AUTHENTICATION",
        "413, PAYLOAD",
        "429, THROTTLED",
        "507, CAPACITY",
        "500, RESPONSE"
    })
    void has_a_category_and_a_code(int status, ErrorCategory category) {
        Failed failed = (Failed) of(status, null);

        assertThat(failed.fault().category()).isEqualTo(category);
        assertThat(failed.fault().code()).isEqualTo("http_" + status);
        assertThat(failed.fault().responseCode()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "120, 120",
        "' 7 ', 7",
        "999999999, 999999999",
        "'Mon, 23 Nov 2026 12:00:30 GMT', 30",
        "'Mon, 23 Nov 2026 11:59:30 GMT', 0",
    })
    void reads_retry_after_in_both_forms(String header, long seconds) {
        assertThat(RetryAfter.parse(header, NOW)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5", "soon", "9999999999", "Mon, 99 Nov 2026 12:00:30 GMT", "1 2"})
    void ignores_a_malformed_retry_after(String header) {
        assertThat(RetryAfter.parse(header, NOW)).isNull();
    }

    @Test
    void the_policy_may_say_otherwise() {
        Duration any = Duration.ofSeconds(1);
        Policy policy = Samples.policy(Kind.WEBHOOK, any, any, any, Set.of(404, 302, 400), Set.of(500, 429, 400, 204));

        assertThat(WebhookOutcomes.of(404, "3", NOW, policy))
                .isInstanceOfSatisfying(
                        Retryable.class,
                        retryable -> assertThat(retryable.retryAfter()).isEqualTo(Duration.ofSeconds(3)));
        assertThat(WebhookOutcomes.of(302, null, NOW, policy)).isInstanceOf(Retryable.class);
        assertThat(WebhookOutcomes.of(500, null, NOW, policy)).isInstanceOf(Permanent.class);
        assertThat(WebhookOutcomes.of(429, null, NOW, policy)).isInstanceOf(Permanent.class);
        assertThat(WebhookOutcomes.of(400, null, NOW, policy)).isInstanceOf(Permanent.class);
        assertThat(WebhookOutcomes.of(204, null, NOW, policy)).isEqualTo(new Delivered());
    }
}
