package dev.waybill.worker.sink.aws;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;

/// How every client of the SDK is made here: on our connections, without retries (the delivery loop makes them), and
/// without credentials, which each request brings along.
public final class AwsClients {

    /// Loaded with the first client: a worker that has no destination at AWS loads hardly anything of the SDK.
    private static final class Shared {

        static final SdkHttpClient HTTP = new AwsHttpClient();

        /// The worker's own AWS configuration is for its own identity, and no setting of somebody else's client.
        static final ProfileFile NO_PROFILES = ProfileFile.aggregator().build();
    }

    private final String userAgent;

    /// @param version Waybill's, for the user agent
    public AwsClients(String version) {
        this.userAgent = "waybill/" + version;
    }

    /// Finishes a builder.
    ///
    /// @param endpoint null for the service's own
    public <B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>, C> C build(
            B builder, String region, @Nullable URI endpoint) {
        if (endpoint != null) {
            builder.endpointOverride(endpoint);
        }
        return builder.region(Region.of(region))
                .httpClient(Shared.HTTP)
                .credentialsProvider(AnonymousCredentialsProvider.create())
                .overrideConfiguration(ClientOverrideConfiguration.builder()
                        .retryStrategy(AwsRetryStrategy.doNotRetry())
                        .defaultProfileFile(Shared.NO_PROFILES)
                        .putAdvancedOption(SdkAdvancedClientOption.USER_AGENT_PREFIX, userAgent)
                        .build())
                .build();
    }
}
