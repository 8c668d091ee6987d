package dev.waybill.worker.sink.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.topology.policy.Outcome.Throttled;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.inflight.InFlight.Abort;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/// What replies mean, and silence.
class SmtpOutcomesTest {

    private final SmtpOutcomes outcomes = new SmtpOutcomes(Set.of(), Set.of());

    private static Reply reply(String text) {
        return Reply.of(
                Integer.parseInt(text.substring(0, 3)), List.of(text.substring(Math.min(4, text.length()))), true);
    }

    @ParameterizedTest
    @CsvSource({
        "MESSAGE, 421 4.7.0 too many, Throttled, THROTTLED",
        "CONNECTION, 421 4.7.28 rate, Throttled, THROTTLED",
        "RCPT, 450 4.7.1 greylisted, Throttled, THROTTLED",
        "MAIL, 451 4.7.500 busy, Throttled, THROTTLED",
        "RCPT, 452 4.7.1 slow, Throttled, THROTTLED",
        "CONNECTION, 421 4.3.2 shutting down, Retryable, RESPONSE",
        "CONNECTION, 421 bye, Retryable, RESPONSE",
        "RCPT, 450 4.2.1 busy mailbox, Retryable, RESPONSE",
        "RCPT, 450 4.17.1 not about policy, Retryable, RESPONSE",
        "RCPT, 452 4.2.2 full, Retryable, CAPACITY",
        "MAIL, 452 4.3.1 no space, Retryable, CAPACITY",
        "MAIL, 452 later, Retryable, CAPACITY",
        "MESSAGE, 451 4.3.0 later, Retryable, RESPONSE",
        "MESSAGE, 499 later, Retryable, RESPONSE",
        "AUTH, 454 4.7.0 later, Retryable, AUTHENTICATION",
        "AUTH, 432 4.7.12 transition, Retryable, AUTHENTICATION",
        "STARTTLS, 454 4.7.0 no TLS now, Retryable, RESPONSE",
        "MAIL, 530 5.7.0 authenticate, Permanent, AUTHENTICATION",
        "AUTH, 534 5.7.9 too weak, Permanent, AUTHENTICATION",
        "AUTH, 535 5.7.8 wrong, Permanent, AUTHENTICATION",
        "AUTH, 538 5.7.11 TLS needed, Permanent, AUTHENTICATION",
        "AUTH, 500 what, Permanent, AUTHENTICATION",
        "CONNECTION, 554 5.7.1 blocked, Permanent, RESPONSE",
        "HELLO, 550 no, Permanent, RESPONSE",
        "STARTTLS, 502 no, Permanent, CONFIGURATION",
        "MAIL, 550 5.7.60 not yours, Permanent, CONFIGURATION",
        "MAIL, 552 5.3.4 too big, Permanent, PAYLOAD",
        "MAIL, 552 too big, Permanent, PAYLOAD",
        "RCPT, 550 5.1.1 nobody, Permanent, CONFIGURATION",
        "RCPT, 553 5.1.3 no address, Permanent, CONFIGURATION",
        "RCPT, 552 5.2.2 full, Permanent, CAPACITY",
        "RCPT, 552 full, Permanent, CAPACITY",
        "RCPT, 550 5.2.2 full, Permanent, CAPACITY",
        "DATA, 503 5.5.1 order, Permanent, RESPONSE",
        "MESSAGE, 552 5.3.4 too big, Permanent, PAYLOAD",
        "MESSAGE, 550 5.7.26 unauthenticated mail, Permanent, PAYLOAD",
        "MESSAGE, 554 5.6.0 spam, Permanent, PAYLOAD"
    })
    void a_refusal_means(Step step, String text, String outcome, ErrorCategory category) {
        Outcome.Failed failed = outcomes.refused(step, reply(text));

        assertThat(failed.getClass().getSimpleName()).isEqualTo(outcome);
        assertThat(failed.fault().category()).isEqualTo(category);
        assertThat(failed.fault().code()).isEqualTo("smtp_" + text.substring(0, 3));
        assertThat(failed.fault().responseCode()).isEqualTo(Integer.parseInt(text.substring(0, 3)));
    }

    @Test
    void what_the_server_says_stays_out_of_the_fault() {
        assertThat(outcomes.refused(Step.MESSAGE, reply("554 5.6.0 Dear Müller"))
                        .fault()
                        .toString())
                .contains("554 5.6.0")
                .doesNotContain("Müller");
    }

    @Test
    void the_policy_may_see_it_otherwise_and_permanent_wins() {
        SmtpOutcomes other = new SmtpOutcomes(Set.of(451, 553), Set.of(550, 553));

        assertThat(other.refused(Step.RCPT, reply("451 4.7.1 later"))).isInstanceOf(Permanent.class);
        assertThat(other.refused(Step.RCPT, reply("550 5.1.1 nobody"))).isInstanceOf(Retryable.class);
        assertThat(other.refused(Step.RCPT, reply("553 nobody"))).isInstanceOf(Permanent.class);
        assertThat(other.refused(Step.RCPT, reply("450 4.7.1 later"))).isInstanceOf(Throttled.class);
    }

    @ParameterizedTest
    @CsvSource({
        "AUTH, 535 5.7.8 wrong, AUTH_FAILED",
        "MAIL, 530 5.7.0 authenticate, AUTH_FAILED",
        "AUTH, 454 4.7.0 later, UNAVAILABLE",
        "AUTH, 500 what, AUTH_FAILED",
        "CONNECTION, 421 4.7.0 too many, RATE_LIMITED",
        "CONNECTION, 421 4.3.2 later, UNAVAILABLE",
        "CONNECTION, 554 5.7.1 blocked, REJECTED",
        "STARTTLS, 502 no, TLS_FAILED",
        "MAIL, 550 5.7.60 not yours, PERMISSION_DENIED",
        "RCPT, 550 5.1.1 nobody, NOT_FOUND",
        "RCPT, 550 5.7.1 no relay, PERMISSION_DENIED",
        "RCPT, 552 5.2.2 full, NO_SPACE"
    })
    void a_connection_test_tells_apart(Step step, String text, ConnectionError error) {
        assertThat(SmtpOutcomes.error(step, reply(text))).isEqualTo(error);
    }

    // --- silence ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(value = Stage.class, names = "ANSWERING", mode = Mode.EXCLUDE)
    void before_the_last_byte_nobody_has_it(Stage stage) {
        for (IOException e :
                List.of(new IOException("gone"), new SocketTimeoutException(), new SSLException("broken"))) {
            assertThat(SmtpFaults.broken(stage, e)).isNotInstanceOf(Outcome.Ambiguous.class);
        }
        Arrays.stream(Abort.values())
                .forEach(
                        abort -> assertThat(SmtpFaults.aborted(stage, abort)).isNotInstanceOf(Outcome.Ambiguous.class));
    }

    @Test
    void after_it_everybody_can() {
        for (IOException e :
                List.of(new IOException("gone"), new SocketTimeoutException(), new MalformedReplyException("what"))) {
            assertThat(SmtpFaults.broken(Stage.ANSWERING, e)).isInstanceOf(Outcome.Ambiguous.class);
        }
        Arrays.stream(Abort.values())
                .forEach(abort ->
                        assertThat(SmtpFaults.aborted(Stage.ANSWERING, abort)).isInstanceOf(Outcome.Ambiguous.class));
    }

    @Test
    void the_end_of_the_worker_charges_nobody() {
        assertThat(SmtpFaults.aborted(Stage.SENDING, Abort.CLOSED)).isInstanceOf(Outcome.OurFault.class);
        assertThat(SmtpFaults.aborted(Stage.LEASING, Abort.TOTAL_TIMEOUT)).isInstanceOf(Outcome.OurFault.class);
    }

    // --- recipients -------------------------------------------------------------------------------------------------

    private static Envelope envelope(String... replies) {
        return Envelope.of(Arrays.stream(replies).map(SmtpOutcomesTest::reply).toList());
    }

    private String obstacle(OnRefused onRefused, String... replies) {
        Reply obstacle = envelope(replies).obstacle(onRefused, outcomes);
        return obstacle == null ? "none" : obstacle.codes();
    }

    @Test
    void one_who_is_refused_ends_it_for_all_unless_left_out() {
        assertThat(obstacle(OnRefused.FAIL, "250 ok", "250 ok")).isEqualTo("none");
        assertThat(obstacle(OnRefused.FAIL, "250 ok", "550 5.1.1 no")).isEqualTo("550 5.1.1");
        assertThat(obstacle(OnRefused.FAIL, "250 ok", "450 4.2.1 no")).isEqualTo("450 4.2.1");
        assertThat(obstacle(OnRefused.FAIL, "450 4.2.1 no", "550 5.1.1 no")).isEqualTo("550 5.1.1");
        assertThat(obstacle(OnRefused.SKIP, "250 ok", "550 5.1.1 no")).isEqualTo("none");
        assertThat(obstacle(OnRefused.SKIP, "250 ok", "450 4.2.1 no")).isEqualTo("450 4.2.1");
        assertThat(obstacle(OnRefused.SKIP, "550 5.1.1 no", "450 4.2.1 no")).isEqualTo("450 4.2.1");
        assertThat(obstacle(OnRefused.SKIP, "550 5.1.1 no", "553 no")).isEqualTo("550 5.1.1");
    }

    @Test
    void the_report_says_who_was_left_out_by_number_and_code() {
        assertThat(envelope("250 ok").facts()).isEmpty();
        assertThat(envelope("250 ok", "550 5.1.1 a@b", "550 5.1.1 c@d", "553 x").facts())
                .isEqualTo(Map.of(
                        "recipients-accepted", "1",
                        "recipients-refused", "3",
                        "recipients-refused-codes", "2 x 550 5.1.1, 1 x 553"));
    }
}
