package dev.waybill.worker.app;

import dev.waybill.topology.model.Destination;
import dev.waybill.worker.config.InvalidConfigurationException;
import dev.waybill.worker.config.PayloadSettings;
import dev.waybill.worker.config.SecretSettings;
import dev.waybill.worker.config.WorkerConfig;
import dev.waybill.worker.payload.ReferencedPayloads;
import dev.waybill.worker.payload.References;
import dev.waybill.worker.pool.PoolUse;
import dev.waybill.worker.sink.Payloads;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.SinkProvider;
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
import dev.waybill.worker.sink.oauth.AccessTokens;
import dev.waybill.worker.sink.resend.ResendProvider;
import dev.waybill.worker.sink.s3.S3Provider;
import dev.waybill.worker.sink.secret.ConfigProviderSecrets;
import dev.waybill.worker.sink.sendgrid.SendGridProvider;
import dev.waybill.worker.sink.ses.SesProvider;
import dev.waybill.worker.sink.sftp.SftpProvider;
import dev.waybill.worker.sink.smtp.SmtpClient;
import dev.waybill.worker.sink.smtp.SmtpProvider;
import dev.waybill.worker.sink.webhook.WebhookProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/// All providers of this process, and what they share.
public final class Sinks implements AutoCloseable {

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final ConfigProviderSecrets secrets;
    private final Dialer dialer;
    private final HttpClient http;
    private final SmtpClient smtp;
    private final SftpProvider sftp;
    private final FtpProvider ftp;
    private final AwsIdentities aws;
    private final List<SinkProvider> providers;
    private final ReferencedPayloads payloads;

    private Sinks(WorkerConfig config, InstantSource clock) {
        makeOwn(SecretSettings.ROOT, config.secrets().root());
        secrets = ConfigProviderSecrets.of(
                config.secrets().providers(),
                config.secrets().root(),
                config.secrets().allow(),
                ConfigProviderSecrets.CACHE_FOR);
        dialer = new Dialer(new EgressGuard(config.safety().egressAllow(), NameResolver.system()));
        http = new HttpClient(dialer, Descriptors.of(config).http());
        AccessTokens tokens = new AccessTokens(clock, Version.current());
        smtp = new SmtpClient(dialer, Descriptors.of(config).smtp());
        WorkerIdentity ours = new WorkerIdentity(config.safety().awsWorkerIdentity());
        AwsClients awsClients = new AwsClients(Version.current());
        aws = new AwsIdentities(secrets, awsClients, clock);
        sftp = new SftpProvider(dialer, secrets, clock);
        ftp = new FtpProvider(dialer, secrets, clock);
        providers = List.of(
                new WebhookProvider(http, secrets, clock, Version.current()),
                new SendGridProvider(http, secrets, clock, Version.current()),
                new ResendProvider(http, secrets, clock, Version.current()),
                new SmtpProvider(smtp, http, tokens, secrets, clock),
                new SesProvider(http, secrets, ours, awsClients, aws, clock),
                S3Provider.aws(http, secrets, ours, awsClients, aws, clock),
                S3Provider.compatible(http, secrets, awsClients, aws, clock),
                new FileProvider(new FileRoots(config.safety().fileRoots()), secrets, clock),
                sftp,
                ftp);
        Path spool = config.payload().spoolDir().resolve(config.worker().workerId());
        makeOwn(PayloadSettings.SPOOL_DIR, spool);
        payloads = new ReferencedPayloads(
                references(config),
                http.line(),
                spool,
                config.payload().spoolMax(),
                config.payload().maxBytes(),
                config.payload().fetchTimeout());
    }

    /// Which payloads by reference may be opened; routers and sinks go by the same.
    static References references(WorkerConfig config) {
        return new References(config.payload().fileRoots(), config.payload().httpHosts());
    }

    public static Sinks open(WorkerConfig config) {
        return new Sinks(config, InstantSource.system());
    }

    /// A folder for the owner's eyes only, where it is not there yet.
    private static void makeOwn(String setting, Path folder) {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder, OWNER_ONLY);
            }
        } catch (IOException e) {
            throw new InvalidConfigurationException(setting + ": " + folder + " cannot be made ("
                    + e.getClass().getSimpleName() + "); name a folder that this process can make and read");
        }
    }

    public List<SinkProvider> providers() {
        return providers;
    }

    /// Whether nothing that is sent to a destination can be read on its way; not if nobody here knows its provider.
    boolean isEncrypted(Destination destination) {
        return providers.stream()
                .filter(provider -> provider.provider().equals(destination.provider()))
                .anyMatch(provider -> provider.isEncrypted(destination));
    }

    /// Where the bytes of deliveries come from.
    Payloads payloads() {
        return payloads;
    }

    /// How the connections to receivers are used, by what they speak.
    Map<String, Supplier<PoolUse>> connections() {
        return Map.of("http", http::use, "smtp", smtp::use, "sftp", sftp::use, "ftp", ftp::use);
    }

    public Secrets secrets() {
        return secrets;
    }

    @Override
    public void close() {
        providers.forEach(SinkProvider::close);
        try (secrets;
                dialer;
                http;
                smtp;
                aws;
                payloads) {
            // Closed in reverse order.
        }
    }
}
