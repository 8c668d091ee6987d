package dev.waybill.worker.sink.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.topology.policy.Outcome.Throttled;
import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.Settings;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.http.HttpCall;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpLimits;
import dev.waybill.worker.sink.http.HttpLine;
import dev.waybill.worker.sink.http.HttpTarget;
import dev.waybill.worker.sink.http.ScriptedHttpServer;
import dev.waybill.worker.sink.oauth.AccessTokens.Asked;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How tokens are asked for, kept and renewed.
class AccessTokensTest {

    private static final Duration LONG = Duration.ofSeconds(10);
    private static final HttpCall.Timeouts TIMEOUTS = new HttpCall.Timeouts(LONG, LONG, LONG);

    private final Dialer dialer = new Dialer(new EgressGuard(List.of("127.0.0.1"), NameResolver.system()));
    private final HttpClient http = new HttpClient(dialer, HttpLimits.DEFAULT);
    private final HttpLine line = http.line();
    private Instant now = Instant.parse("2026-11-05T06:07:08Z");
    private final AccessTokens tokens = new AccessTokens(() -> now, "test");
    private ScriptedHttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = ScriptedHttpServer.start();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        line.close();
        http.close();
        dialer.close();
    }

    private TokenRequest request(@Nullable String refresh) {
        return new TokenRequest(HttpTarget.parse(server.url("/token")), "me", "s3&cret", refresh, "mail send");
    }

    private void answer(String token, int seconds) {
        server.next(ScriptedHttpServer.answer(
                200, "", "{\"access_token\":\"" + token + "\",\"expires_in\":" + seconds + "}"));
    }

    private Asked ask(TokenRequest request) throws Exception {
        return Samples.onVirtualThread(() -> tokens.get(request, line, TIMEOUTS));
    }

    private static String token(Asked asked) {
        assertThat(asked).isInstanceOf(Asked.Granted.class);
        return ((Asked.Granted) asked).token().value();
    }

    private static Outcome.Failed refused(Asked asked) {
        assertThat(asked).isInstanceOf(Asked.Refused.class);
        return ((Asked.Refused) asked).outcome();
    }

    private String body(int request) {
        return new String(server.received().get(request).body().array(), StandardCharsets.UTF_8);
    }

    @Test
    void a_client_asks_for_itself() throws Exception {
        answer("t-1", 3_600);

        assertThat(token(ask(request(null)))).isEqualTo("t-1");

        assertThat(server.received().getFirst().method()).isEqualTo("POST");
        assertThat(server.received().getFirst().headers())
                .containsEntry("content-type", "application/x-www-form-urlencoded");
        assertThat(body(0))
                .isEqualTo("grant_type=client_credentials&client_id=me&client_secret=s3%26cret&scope=mail+send");
    }

    @Test
    void a_refresh_token_is_used_and_replaced_by_the_one_that_comes_back() throws Exception {
        server.next(ScriptedHttpServer.answer(
                200, "", "{\"access_token\":\"t-1\",\"expires_in\":100,\"refresh_token\":\"r-2\"}"));
        ask(request("r-1"));
        now = now.plusSeconds(100);
        answer("t-2", 100);
        ask(request("r-1"));

        assertThat(body(0)).startsWith("grant_type=refresh_token&refresh_token=r-1&client_id=me");
        assertThat(body(1)).startsWith("grant_type=refresh_token&refresh_token=r-2&client_id=me");
    }

    @ParameterizedTest
    @CsvSource({"3600, 3539, 3540", "100, 89, 90", "1, 0, 1"})
    void a_token_is_kept_until_shortly_before_it_expires(int life, int last, int first) throws Exception {
        Instant start = now;
        answer("t-1", life);
        answer("t-2", life);
        assertThat(((Asked.Granted) ask(request(null))).token().isNew()).isTrue();

        now = start.plusSeconds(last);
        Asked kept = ask(request(null));
        assertThat(token(kept)).isEqualTo("t-1");
        assertThat(((Asked.Granted) kept).token().isNew()).isFalse();
        now = start.plusSeconds(first);
        assertThat(token(ask(request(null)))).isEqualTo("t-2");
    }

    @Test
    void who_asks_for_something_else_gets_a_token_of_his_own() throws Exception {
        answer("t-1", 3_600);
        answer("t-2", 3_600);

        assertThat(token(ask(request(null)))).isEqualTo("t-1");
        assertThat(token(ask(request("r-1")))).isEqualTo("t-2");
        assertThat(token(ask(request(null)))).isEqualTo("t-1");
    }

    @Test
    void a_token_that_is_not_taken_is_not_given_again() throws Exception {
        answer("t-1", 3_600);
        answer("t-2", 3_600);
        AccessToken first = ((Asked.Granted) ask(request(null))).token();

        tokens.reject(request(null), first);
        assertThat(token(ask(request(null)))).isEqualTo("t-2");
        tokens.reject(request(null), first);
        assertThat(token(ask(request(null)))).as("the other one is not meant").isEqualTo("t-2");
    }

    private List<FutureTask<Asked>> fifty(CountDownLatch go) {
        List<FutureTask<Asked>> all = new ArrayList<>();
        server.next(connection -> {
            go.await();
            return ScriptedHttpServer.answer(200, "", "{\"access_token\":\"t-1\"}")
                    .play(connection);
        });
        for (int i = 0; i < 50; i++) {
            FutureTask<Asked> task = new FutureTask<>(() -> tokens.get(request(null), line, TIMEOUTS));
            all.add(task);
            Thread.ofVirtual().start(task);
        }
        await().until(() -> server.received().size() == 1);
        return all;
    }

    @Test
    void one_asks_for_all_who_wait() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        List<FutureTask<Asked>> all = fifty(go);
        go.countDown();

        for (FutureTask<Asked> one : all) {
            assertThat(token(one.get(10, TimeUnit.SECONDS))).isEqualTo("t-1");
        }
        assertThat(server.received()).hasSize(1);
    }

    @Test
    void closing_ends_a_request() throws Exception {
        server.next(ScriptedHttpServer.hang());
        FutureTask<Asked> task = new FutureTask<>(() -> tokens.get(request(null), line, TIMEOUTS));
        Thread.ofVirtual().start(task);
        await().until(() -> server.received().size() == 1);

        line.close();

        assertThat(refused(task.get(5, TimeUnit.SECONDS))).isInstanceOf(Retryable.class);
    }

    @ParameterizedTest
    @CsvSource({
        "400, invalid_grant, Permanent, AUTHENTICATION, oauth_invalid_grant",
        "401, invalid_client, Permanent, AUTHENTICATION, oauth_invalid_client",
        "403, , Permanent, AUTHENTICATION, oauth_http_403",
        "400, Dear Müller, Permanent, AUTHENTICATION, oauth_http_400",
        "404, , Permanent, CONFIGURATION, oauth_http_404",
        "302, , Permanent, CONFIGURATION, oauth_http_302",
        "429, , Throttled, THROTTLED, oauth_http_429",
        "400, slow_down, Throttled, THROTTLED, oauth_slow_down",
        "400, temporarily_unavailable, Retryable, RESPONSE, oauth_temporarily_unavailable",
        "500, server_error, Retryable, RESPONSE, oauth_server_error",
        "503, , Retryable, RESPONSE, oauth_http_503"
    })
    void a_refusal_means(int status, @Nullable String error, String outcome, ErrorCategory category, String code)
            throws Exception {
        server.next(ScriptedHttpServer.answer(
                status, "Retry-After: 7\r\n", error == null ? "no JSON" : "{\"error\":\"" + error + "\"}"));

        Outcome.Failed failed = refused(ask(request(null)));

        assertThat(failed.getClass().getSimpleName()).isEqualTo(outcome);
        assertThat(failed.fault().category()).isEqualTo(category);
        assertThat(failed.fault().code()).isEqualTo(code);
        if (failed instanceof Throttled throttled) {
            assertThat(throttled.retryAfter()).isEqualTo(Duration.ofSeconds(7));
        }
        answer("t-1", 60);
        assertThat(token(ask(request(null)))).as("the next one asks again").isEqualTo("t-1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"access_token\":\"\"}",
                "{\"access_token\":\"a b\"}",
                "{\"access_token\":\"a\\r\\nb\"}",
                "{\"access_token\":\"ü\"}"
            })
    void what_is_no_token_is_none(String body) throws Exception {
        server.next(ScriptedHttpServer.answer(200, "", body));

        assertThat(refused(ask(request(null)))).isInstanceOf(Retryable.class);
    }

    @Test
    void a_request_without_an_answer_delivered_nothing() throws Exception {
        server.next(ScriptedHttpServer.reset());

        assertThat(refused(ask(request(null)))).isInstanceOf(Retryable.class);
    }

    @Test
    void the_guard_holds_for_tokens_too() throws Exception {
        TokenRequest inside =
                new TokenRequest(HttpTarget.parse("https://169.254.169.254/token"), "me", "secret", null, null);

        Outcome.Failed failed = refused(ask(inside));

        assertThat(failed).isInstanceOf(Permanent.class);
        assertThat(failed.fault().category()).isEqualTo(ErrorCategory.EGRESS_DENIED);
    }

    @Test
    void nothing_of_it_is_shown() throws Exception {
        answer("t-1-very-secret", 3_600);

        assertThat(ask(request("r-1-very-secret")).toString()).doesNotContain("secret");
        assertThat(request("r-1-very-secret").toString()).doesNotContain("secret", "s3");
    }

    // --- settings ---------------------------------------------------------------------------------------------------

    private static OAuthSettings settings(FakeSecrets secrets, Map<String, String> given) {
        return OAuthSettings.of(
                Settings.bind(
                        OAuthSettings.define(new ConfigDef()), Samples.destination(Kind.EMAIL, "smtp", given), secrets),
                Samples.ORGANIZATION);
    }

    @Test
    void settings_become_a_request() {
        FakeSecrets secrets = new FakeSecrets();
        Map<String, String> given = new HashMap<>(Map.of(
                "oauth.token.url", "https://login.example.com/token",
                "oauth.client.id", "me",
                "oauth.client.secret", secrets.put("client", "secret\n")));

        assertThat(settings(secrets, given).request(secrets))
                .isEqualTo(new TokenRequest(
                        HttpTarget.parse("https://login.example.com/token"), "me", "secret", null, null));

        for (String name : List.copyOf(given.keySet())) {
            Map<String, String> less = new HashMap<>(given);
            less.remove(name);
            assertThatThrownBy(() -> settings(secrets, less))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(name);
        }
        given.put("oauth.token.url", "http://login.example.com/token");
        assertThatThrownBy(() -> settings(secrets, given)).hasMessageContaining("https://");
        given.put("oauth.token.url", "http://localhost:1/token");
        assertThat(settings(secrets, given).endpoint().secure()).isFalse();
    }
}
