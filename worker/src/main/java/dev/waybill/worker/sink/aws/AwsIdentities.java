package dev.waybill.worker.sink.aws;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Failures;
import dev.waybill.worker.sink.SecretNotAllowedException;
import dev.waybill.worker.sink.SecretUnavailableException;
import dev.waybill.worker.sink.Secrets;
import dev.waybill.worker.sink.aws.AwsIdentity.Role;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest;
import software.amazon.awssdk.services.sts.model.AssumeRoleWithWebIdentityRequest;
import software.amazon.awssdk.services.sts.model.Credentials;

/// Turns identities into credentials, for all destinations. Keys are read for every attempt; the sessions of roles are
/// kept until shortly before they end.
public final class AwsIdentities implements AutoCloseable {

    /// Sessions that are kept; one takes about 2 KiB.
    private static final int SESSIONS_MAX = 10_000;

    /// As EKS sets them for the pods of a service account.
    private static final String TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE";

    private static final String TOKEN_ROLE = "AWS_ROLE_ARN";

    /// As CloudTrail shows it.
    private static final String SESSION_NAME = "waybill";

    private static final int SESSION_NAME_MAX = 64;

    private record StsAt(String region, @Nullable URI endpoint) {}

    /// Whose session it is. The key's id is part of it, so that another key begins another one.
    private record SessionOf(
            AwsIdentity identity, String region, @Nullable URI endpoint, String accessKeyId) {}

    /// What came of it.
    public sealed interface Resolved {

        record Ready(AwsCredentials credentials) implements Resolved {
            /// For a request.
            public AwsCredentialsProvider provider() {
                return StaticCredentialsProvider.create(credentials);
            }
        }

        /// There are none. Nothing was sent to the service.
        record Failed(Outcome.Failed outcome) implements Resolved {}
    }

    private final Secrets secrets;
    private final InstantSource clock;
    private final Environment environment;
    private final ClientCache<StsAt, StsClient> sts;
    private final Cache<String, AwsCredentialsProvider> own =
            Caffeine.newBuilder().maximumSize(SESSIONS_MAX).build();
    private final Cache<SessionOf, RoleSession> sessions =
            Caffeine.newBuilder().maximumSize(SESSIONS_MAX).build();

    /// The worker's environment.
    interface Environment {
        @Nullable
        String get(String name);
    }

    public AwsIdentities(Secrets secrets, AwsClients clients, InstantSource clock) {
        this(secrets, clients, clock, System::getenv);
    }

    AwsIdentities(Secrets secrets, AwsClients clients, InstantSource clock, Environment environment) {
        this.secrets = secrets;
        this.clock = clock;
        this.environment = environment;
        this.sts = new ClientCache<>(at -> clients.build(StsClient.builder(), at.region(), at.endpoint()));
    }

    /// Gets the credentials of a destination for one attempt. What it has to ask for is part of the exchange.
    ///
    /// @throws InterruptedException if the worker is stopping
    public Resolved resolve(AwsSettings settings, AwsExchange exchange) throws InterruptedException {
        AwsIdentity identity = settings.identity();
        Resolved base = switch (identity.base()) {
            case AwsIdentity.Keys keys -> keys(identity.organizationId(), keys);
            case AwsIdentity.Profile(String name) ->
                ofWorker("profile:" + name, () -> ProfileCredentialsProvider.create(name));
            case AwsIdentity.Container _ ->
                ofWorker(
                        "container",
                        () -> ContainerCredentialsProvider.builder().build());
            case AwsIdentity.WebIdentity _ -> webIdentity(settings, exchange);
        };
        Role role = identity.role();
        return role != null && base instanceof Resolved.Ready ready ? assume(settings, role, ready, exchange) : base;
    }

    private Resolved keys(String organization, AwsIdentity.Keys keys) {
        try {
            String id = secrets.resolve(organization, keys.accessKeyId()).strip();
            String secret =
                    secrets.resolve(organization, keys.secretAccessKey()).strip();
            if (!id.matches("[\\x21-\\x7e]{1,256}") || !secret.matches("[\\x21-\\x7e]{1,1024}")) {
                return new Resolved.Failed(new Outcome.Permanent(Fault.of(
                        ErrorCategory.CONFIGURATION,
                        "secret_invalid",
                        "the access key is not one line of visible ASCII")));
            }
            return new Resolved.Ready(
                    keys.sessionToken() == null
                            ? AwsBasicCredentials.create(id, secret)
                            : AwsSessionCredentials.create(
                                    id,
                                    secret,
                                    secrets.resolve(organization, keys.sessionToken())
                                            .strip()));
        } catch (SecretNotAllowedException e) {
            return new Resolved.Failed(Failures.of(e));
        } catch (SecretUnavailableException e) {
            return new Resolved.Failed(Failures.of(e));
        }
    }

    private interface Maker {
        AwsCredentialsProvider make();
    }

    /// The SDK keeps these until they end. Where they come from is the operator's: a file, or the address that the
    /// container's environment names, which is not for the egress guard.
    private Resolved ofWorker(String name, Maker maker) {
        try {
            AwsCredentialsProvider provider = own.get(name, _ -> maker.make());
            return new Resolved.Ready(provider.resolveCredentials());
        } catch (SdkException e) {
            return unavailable(e.getClass().getSimpleName());
        }
    }

    private static Resolved unavailable(String why) {
        return new Resolved.Failed(new Outcome.OurFault(Fault.of(
                ErrorCategory.AUTHENTICATION,
                "worker_identity_unavailable",
                "the worker has no identity at AWS now (" + why + ")")));
    }

    private Resolved webIdentity(AwsSettings settings, AwsExchange exchange) throws InterruptedException {
        String file = environment.get(TOKEN_FILE);
        String role = environment.get(TOKEN_ROLE);
        if (file == null || role == null) {
            return unavailable(TOKEN_FILE + " or " + TOKEN_ROLE + " is not set");
        }
        AwsIdentity worker = new AwsIdentity("", new AwsIdentity.WebIdentity(), null);
        SessionOf key = new SessionOf(worker, settings.region(), settings.stsEndpoint(), role);
        return session(key, exchange, client -> {
            AssumeRoleWithWebIdentityRequest request = AssumeRoleWithWebIdentityRequest.builder()
                    .roleArn(role)
                    .roleSessionName(SESSION_NAME)
                    .webIdentityToken(Files.readString(Path.of(file)).strip())
                    .build();
            return exchange.call(() -> client.assumeRoleWithWebIdentity(request).credentials());
        });
    }

    private Resolved assume(AwsSettings settings, Role role, Resolved.Ready base, AwsExchange exchange)
            throws InterruptedException {
        SessionOf key = new SessionOf(
                settings.identity(),
                settings.region(),
                settings.stsEndpoint(),
                settings.identity().base() instanceof AwsIdentity.Keys
                        ? base.credentials().accessKeyId()
                        : "");
        AssumeRoleRequest request = AssumeRoleRequest.builder()
                .roleArn(role.arn())
                .externalId(role.externalId())
                .roleSessionName(sessionName(settings.identity().organizationId()))
                .overrideConfiguration(override -> override.credentialsProvider(base.provider()))
                .build();
        return session(
                key,
                exchange,
                client -> exchange.call(() -> client.assumeRole(request).credentials()));
    }

    /// So that the owner of the role sees for whom it was assumed.
    static String sessionName(String organization) {
        String name = SESSION_NAME + "-" + organization.replaceAll("[^A-Za-z0-9_+=,.@-]", "_");
        return name.length() <= SESSION_NAME_MAX ? name : name.substring(0, SESSION_NAME_MAX);
    }

    /// How a session begins.
    private interface Beginning {
        AwsResult<Credentials> with(StsClient client) throws InterruptedException, IOException;
    }

    private Resolved session(SessionOf key, AwsExchange exchange, Beginning beginning) throws InterruptedException {
        RoleSession session = sessions.get(key, _ -> new RoleSession());
        try {
            return session.get(
                    clock, exchange.left(), () -> beginning.with(sts.get(new StsAt(key.region(), key.endpoint()))));
        } catch (IOException e) {
            return unavailable(e.getClass().getSimpleName());
        }
    }

    /// Forgets the session that a service did not accept any more.
    public void forget(AwsSettings settings) {
        sessions.asMap().keySet().removeIf(key -> key.identity().equals(settings.identity()));
    }

    @Override
    public void close() {
        sts.close();
    }
}
