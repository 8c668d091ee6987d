package dev.waybill.worker.sink.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.aws.AwsIdentities.Resolved;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.http.HttpCall;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpLimits;
import dev.waybill.worker.sink.http.HttpLine;
import dev.waybill.worker.sink.http.HttpVersion;
import dev.waybill.worker.sink.http.ScriptedHttpServer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AwsIdentitiesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String ROLE = "arn:aws:iam::123456789012:role/worker";

    @TempDir
    Path folder;

    private final Dialer dialer = new Dialer(new EgressGuard(List.of("127.0.0.1"), NameResolver.system()));
    private final HttpClient http = new HttpClient(dialer, HttpLimits.DEFAULT);
    private final HttpLine line = http.line(null, HttpVersion.ONE);
    private final FakeSecrets secrets = new FakeSecrets();
    private final Map<String, String> environment = new HashMap<>();
    private final AwsIdentities identities =
            new AwsIdentities(secrets, new AwsClients("test"), InstantSource.system(), environment::get);
    private ScriptedHttpServer sts;

    @BeforeEach
    void start() throws IOException {
        sts = ScriptedHttpServer.start();
    }

    @AfterEach
    void stop() throws IOException {
        sts.close();
        identities.close();
        http.close();
        dialer.close();
    }

    private Resolved resolve(AwsIdentity.Base base, AwsIdentity.Role... role) throws Exception {
        AwsSettings settings = new AwsSettings(
                "eu-central-1",
                null,
                URI.create(sts.url("")),
                new AwsIdentity("acme", base, role.length == 0 ? null : role[0]));
        return Samples.onVirtualThread(() -> identities.resolve(
                settings, new AwsExchange(line, new HttpCall.Timeouts(PATIENCE, PATIENCE, PATIENCE), false)));
    }

    private static ScriptedHttpServer.Script session(String action, String id) {
        return ScriptedHttpServer.answer(
                200,
                "Content-Type: text/xml\r\n",
                "<" + action + "Response><" + action + "Result><Credentials><AccessKeyId>" + id
                        + "</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>"
                        + Instant.now().plusSeconds(3600) + "</Expiration></Credentials></" + action + "Result></"
                        + action + "Response>");
    }

    private static String keyId(Resolved resolved) {
        assertThat(resolved).isInstanceOf(Resolved.Ready.class);
        return ((Resolved.Ready) resolved).credentials().accessKeyId();
    }

    private static String code(Resolved resolved) {
        assertThat(resolved).isInstanceOf(Resolved.Failed.class);
        return ((Resolved.Failed) resolved).outcome().fault().code();
    }

    private AwsIdentity.Keys keys(String id, String secret) {
        return new AwsIdentity.Keys(secrets.put("id", id), secrets.put("key", secret), null);
    }

    @Test
    void keys_are_stripped_and_read_each_time() throws Exception {
        AwsIdentity.Keys keys = keys("AKID\n", "secret\n");

        assertThat(keyId(resolve(keys))).isEqualTo("AKID");
        secrets.rotate("id", "AKNEXT");
        assertThat(keyId(resolve(keys))).isEqualTo("AKNEXT");
    }

    @ParameterizedTest
    @CsvSource({"'A\nB', secret", "AKID, 'se cret'", "'', secret", "AKIDÜ, secret"})
    void keys_that_are_none_are_told_and_not_shown(String id, String secret) throws Exception {
        Resolved resolved = resolve(keys(id, secret));

        assertThat(code(resolved)).isEqualTo("secret_invalid");
        assertThat(resolved.toString()).doesNotContain("se cret", "AKID");
    }

    @Test
    void a_token_file_is_exchanged_once() throws Exception {
        environment.put(
                "AWS_WEB_IDENTITY_TOKEN_FILE",
                Files.writeString(folder.resolve("token"), "the-token\n").toString());
        environment.put("AWS_ROLE_ARN", ROLE);
        sts.next(session("AssumeRoleWithWebIdentity", "ASIAONE"));

        assertThat(keyId(resolve(new AwsIdentity.WebIdentity()))).isEqualTo("ASIAONE");
        assertThat(keyId(resolve(new AwsIdentity.WebIdentity()))).isEqualTo("ASIAONE");

        assertThat(sts.received()).hasSize(1);
        assertThat(new String(sts.received().getFirst().body().array(), StandardCharsets.UTF_8))
                .contains("Action=AssumeRoleWithWebIdentity", "WebIdentityToken=the-token");
        assertThat(sts.received().getFirst().headers()).doesNotContainKey("authorization");
    }

    @Test
    void the_workers_role_assumes_another_one() throws Exception {
        environment.put(
                "AWS_WEB_IDENTITY_TOKEN_FILE",
                Files.writeString(folder.resolve("token"), "the-token").toString());
        environment.put("AWS_ROLE_ARN", ROLE);
        sts.next(session("AssumeRoleWithWebIdentity", "ASIAONE"));
        sts.next(session("AssumeRole", "ASIATWO"));

        assertThat(keyId(resolve(new AwsIdentity.WebIdentity(), new AwsIdentity.Role(ROLE, "acme"))))
                .isEqualTo("ASIATWO");
        assertThat(sts.received().getLast().headers().get("authorization")).contains("Credential=ASIAONE/");
    }

    @Test
    void a_worker_without_a_token_charges_nobody() throws Exception {
        Resolved without = resolve(new AwsIdentity.WebIdentity());
        environment.put("AWS_ROLE_ARN", ROLE);
        environment.put("AWS_WEB_IDENTITY_TOKEN_FILE", folder.resolve("nothing").toString());
        Resolved missing = resolve(new AwsIdentity.WebIdentity());

        for (Resolved resolved : List.of(without, missing)) {
            assertThat(code(resolved)).isEqualTo("worker_identity_unavailable");
            assertThat(((Resolved.Failed) resolved).outcome()).isInstanceOf(Outcome.OurFault.class);
        }
        assertThat(sts.received()).isEmpty();
    }

    @Test
    void many_attempts_begin_one_session() throws Exception {
        sts.next(session("AssumeRole", "ASIAONE"));
        AwsIdentity.Keys keys = keys("AKID", "secret");
        List<FutureTask<Resolved>> attempts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            FutureTask<Resolved> attempt = new FutureTask<>(() -> resolve(keys, new AwsIdentity.Role(ROLE, null)));
            attempts.add(attempt);
            Thread.ofVirtual().start(attempt);
        }

        for (FutureTask<Resolved> attempt : attempts) {
            assertThat(keyId(attempt.get(20, TimeUnit.SECONDS))).isEqualTo("ASIAONE");
        }
        assertThat(sts.received()).hasSize(1);
    }

    @Test
    void another_key_begins_another_session() throws Exception {
        sts.next(session("AssumeRole", "ASIAONE"));
        sts.next(session("AssumeRole", "ASIATWO"));
        AwsIdentity.Keys keys = keys("AKID", "secret");

        assertThat(keyId(resolve(keys, new AwsIdentity.Role(ROLE, null)))).isEqualTo("ASIAONE");
        secrets.rotate("id", "AKNEXT");
        assertThat(keyId(resolve(keys, new AwsIdentity.Role(ROLE, null)))).isEqualTo("ASIATWO");
    }

    @ParameterizedTest
    @CsvSource({
        "400, Throttling, Throttled, sts_throttling",
        "503, '', Retryable, http_503",
        "400, IDPCommunicationError, Retryable, sts_idp_communication_error",
        "403, AccessDenied, Permanent, sts_access_denied",
        "400, ExpiredTokenException, Permanent, sts_expired_token_exception"
    })
    void refusals_of_sts_have_their_outcomes(int status, String code, String outcome, String faultCode) {
        Outcome.Failed failed = StsOutcomes.of(new AwsResult.Refused<>(status, code, null, null));

        assertThat(failed.getClass().getSimpleName()).isEqualTo(outcome);
        assertThat(failed.fault().code()).isEqualTo(faultCode);
    }

    @Test
    void a_session_shows_for_whom_it_is() {
        assertThat(AwsIdentities.sessionName("acme/ü")).isEqualTo("waybill-acme__");
        assertThat(AwsIdentities.sessionName("x".repeat(100))).hasSize(64);
    }
}
