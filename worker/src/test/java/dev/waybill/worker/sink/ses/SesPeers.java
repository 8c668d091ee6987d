package dev.waybill.worker.sink.ses;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.aws.AwsClients;
import dev.waybill.worker.sink.aws.AwsIdentities;
import dev.waybill.worker.sink.aws.WorkerIdentity;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpLimits;
import dev.waybill.worker.sink.http.ScriptedHttpServer;
import dev.waybill.worker.sink.http.ScriptedHttpServer.Received;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The provider with what it shares, for tests at loopback peers, and what SES takes and says.
final class SesPeers implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    /// All that the API documents for SendEmail.
    private static final Set<String> FIELDS = Set.of(
            "FromEmailAddress",
            "FromEmailAddressIdentityArn",
            "Destination",
            "ReplyToAddresses",
            "Content",
            "EmailTags",
            "ConfigurationSetName");

    final FakeSecrets secrets = new FakeSecrets();
    private final Dialer dialer = new Dialer(new EgressGuard(List.of("localhost", "127.0.0.1"), NameResolver.system()));
    private final HttpClient http = new HttpClient(dialer, HttpLimits.DEFAULT);
    private final AwsClients clients = new AwsClients("test");
    private final AwsIdentities identities = new AwsIdentities(secrets, clients, InstantSource.system());
    final SesProvider provider =
            new SesProvider(http, secrets, WorkerIdentity.none(), clients, identities, InstantSource.system());

    /// An error as SES writes it.
    static ScriptedHttpServer.Script error(int status, String code, String headers) {
        return ScriptedHttpServer.answer(
                status,
                "Content-Type: application/json\r\nx-amzn-ErrorType: " + code + "\r\n" + headers,
                "{\"message\":\"no\"}");
    }

    static ScriptedHttpServer.Script json(String body) {
        return ScriptedHttpServer.answer(200, "Content-Type: application/json\r\n", body);
    }

    /// The call as JSON; fails unless SES would take it.
    static JsonNode check(Received request) {
        assertThat(request.headers().get("authorization"))
                .matches("AWS4-HMAC-SHA256 Credential=[A-Z]+/[0-9]{8}/eu-central-1/ses/aws4_request, .*");
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/v2/email/outbound-emails");
        assertThat(request.headers().get("content-type")).isEqualTo("application/json");
        JsonNode json = JSON.readTree(request.body().array());
        assertThat(FIELDS).containsAll(new HashSet<>(json.propertyNames()));
        assertThat(json.at("/Content").propertyNames()).containsExactly("Raw");
        assertThat(json.at("/EmailTags/0/Name").asString()).matches("[A-Za-z0-9_-]{1,256}");
        assertThat(json.at("/EmailTags/0/Value").asString()).matches("[A-Za-z0-9_-]{1,256}");
        assertThat(json.at("/Destination/ToAddresses").size()).isPositive();
        return json;
    }

    static MimeMessage message(Received request) throws MessagingException {
        byte[] raw = Base64.getDecoder()
                .decode(check(request).at("/Content/Raw/Data").asString());
        return new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(raw));
    }

    @Override
    public void close() {
        provider.close();
        identities.close();
        http.close();
        dialer.close();
    }
}
