package dev.waybill.worker.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.worker.sink.aws.AwsClients;
import dev.waybill.worker.sink.aws.AwsIdentities;
import dev.waybill.worker.sink.aws.WorkerIdentity;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.file.FileProvider;
import dev.waybill.worker.sink.file.FileRoots;
import dev.waybill.worker.sink.ftp.FtpProvider;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpLimits;
import dev.waybill.worker.sink.oauth.AccessTokens;
import dev.waybill.worker.sink.resend.ResendProvider;
import dev.waybill.worker.sink.s3.S3Provider;
import dev.waybill.worker.sink.sendgrid.SendGridProvider;
import dev.waybill.worker.sink.ses.SesProvider;
import dev.waybill.worker.sink.sftp.SftpProvider;
import dev.waybill.worker.sink.smtp.SmtpClient;
import dev.waybill.worker.sink.smtp.SmtpLimits;
import dev.waybill.worker.sink.smtp.SmtpProvider;
import dev.waybill.worker.sink.webhook.WebhookProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

/// The settings tables in docs/providers are those of the code. `-Ddocs.write=true` writes them.
class ProviderPagesTest {

    private static final Path PAGES = Path.of("..", "docs", "providers");
    private static final String BEGIN = "<!-- settings -->\n";
    private static final String END = "<!-- /settings -->\n";

    @Test
    void http() throws IOException {
        try (Dialer dialer = new Dialer(new EgressGuard(List.of(), NameResolver.system()));
                HttpClient http = new HttpClient(dialer, HttpLimits.DEFAULT)) {
            check(new WebhookProvider(http, new FakeSecrets(), InstantSource.system(), "test"));
            check(new SendGridProvider(http, new FakeSecrets(), InstantSource.system(), "test"));
            check(new ResendProvider(http, new FakeSecrets(), InstantSource.system(), "test"));
        }
    }

    @Test
    void smtp() throws IOException {
        try (Dialer dialer = new Dialer(new EgressGuard(List.of(), NameResolver.system()));
                HttpClient http = new HttpClient(dialer, HttpLimits.DEFAULT);
                SmtpClient client = new SmtpClient(dialer, SmtpLimits.DEFAULT)) {
            AccessTokens tokens = new AccessTokens(InstantSource.system(), "test");
            check(new SmtpProvider(client, http, tokens, new FakeSecrets(), InstantSource.system()));
        }
    }

    @Test
    void aws() throws IOException {
        FakeSecrets secrets = new FakeSecrets();
        InstantSource clock = InstantSource.system();
        AwsClients clients = new AwsClients("test");
        try (Dialer dialer = new Dialer(new EgressGuard(List.of(), NameResolver.system()));
                HttpClient http = new HttpClient(dialer, HttpLimits.DEFAULT);
                AwsIdentities identities = new AwsIdentities(secrets, clients, clock);
                SinkProvider s3 = S3Provider.aws(http, secrets, WorkerIdentity.none(), clients, identities, clock);
                SinkProvider compatible = S3Provider.compatible(http, secrets, clients, identities, clock);
                SinkProvider ses = new SesProvider(http, secrets, WorkerIdentity.none(), clients, identities, clock)) {
            check(s3);
            check(compatible);
            check(ses);
        }
    }

    @Test
    void file() throws IOException {
        check(new FileProvider(new FileRoots(List.of()), new FakeSecrets(), InstantSource.system()));
    }

    @Test
    void transfer() throws IOException {
        try (Dialer dialer = new Dialer(new EgressGuard(List.of(), NameResolver.system()));
                SftpProvider sftp = new SftpProvider(dialer, new FakeSecrets(), InstantSource.system());
                FtpProvider ftp = new FtpProvider(dialer, new FakeSecrets(), InstantSource.system())) {
            check(sftp);
            check(ftp);
        }
    }

    private static void check(SinkProvider provider) throws IOException {
        checkExample(provider);
        Path page = PAGES.resolve(provider.provider() + ".md");
        String text = Files.readString(page);
        String expected = text.substring(0, text.indexOf(BEGIN) + BEGIN.length())
                + table(provider.settings())
                + text.substring(text.indexOf(END));
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(page, expected);
        }
        assertThat(Files.readString(page)).isEqualTo(expected);
    }

    /// The example can be opened, as it is shown.
    private static void checkExample(SinkProvider provider) {
        Map<String, String> example = new HashMap<>(provider.example());
        example.replaceAll((_, value) -> value.replaceFirst("\\$\\{dir:.*}", "\\${fake:key}"));
        if (!provider.provider().equals("file")) {
            provider.open(Samples.destination(provider.kind(), provider.provider(), example))
                    .close();
        }
        assertThat(provider.isEncrypted(Samples.destination(provider.kind(), provider.provider(), example)))
                .isTrue();
    }

    private static String table(ConfigDef settings) {
        StringBuilder table = new StringBuilder("| setting | type | default | meaning |\n|---|---|---|---|\n");
        settings.configKeys().values().stream()
                .sorted((a, b) ->
                        a.importance == b.importance ? a.name.compareTo(b.name) : a.importance.compareTo(b.importance))
                .forEach(key -> table.append(
                        "| `%s` | %s | %s | %s |\n".formatted(key.name, type(key), value(key), key.documentation)));
        return table.toString();
    }

    private static String type(ConfigDef.ConfigKey key) {
        return key.type == ConfigDef.Type.PASSWORD
                ? "secret reference"
                : key.type.name().toLowerCase(Locale.ROOT);
    }

    private static String value(ConfigDef.ConfigKey key) {
        if (!key.hasDefault()) {
            return "**required**";
        }
        String text = key.defaultValue == null ? "" : ConfigDef.convertToString(key.defaultValue, key.type);
        return text == null || text.isEmpty() ? "" : "`" + text + "`";
    }
}
