package dev.waybill.schemas.registry;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Sends one request to the first registry that answers it: every URL in turn, in bounded rounds.
///
/// An answer is a status below 500 other than 401, 403, 408 and 429; anything else says nothing about the schema asked
/// for.
final class RegistryTransport implements AutoCloseable {

    /// Rounds over all URLs. Three ride out a restart behind a load balancer; longer outages are the caller's to wait
    /// for.
    static final int ROUNDS = 3;

    /// Wait before the second round, doubled before the third.
    static final Duration FIRST_BACKOFF = Duration.ofMillis(100);

    /// A registry on the same network connects in milliseconds; two seconds leave room for one lost SYN.
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    /// For a whole exchange; registries answer from memory, registering waits for one Kafka write.
    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

    /// A schema is kilobytes; a megabyte protects the heap from whatever else answers at the URL.
    static final long RESPONSE_MAX_BYTES = 1 << 20;

    private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";

    private final RegistrySettings settings;
    private final HttpClient http;

    RegistryTransport(RegistrySettings settings) {
        this.settings = settings;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
    }

    /// @param body JSON to POST, null for a GET
    RegistryAnswer exchange(String path, @Nullable String body) {
        String failure = "";
        IOException cause = null;
        for (int round = 0; round < ROUNDS; round++) {
            if (round > 0) {
                pause(FIRST_BACKOFF.multipliedBy(1L << (round - 1)));
            }
            for (URI url : settings.urls()) {
                try {
                    HttpResponse<byte[]> response = http.send(
                            request(url, path, body),
                            BodyHandlers.limiting(BodyHandlers.ofByteArray(), RESPONSE_MAX_BYTES));
                    if (isAnswer(response.statusCode())) {
                        return RegistryAnswer.parse(response.statusCode(), response.body());
                    }
                    failure = url + " answers " + describe(response.statusCode());
                    cause = null;
                } catch (IOException e) {
                    failure = url + " fails with " + e;
                    cause = e;
                } catch (InterruptedException e) {
                    throw interrupted(e);
                }
            }
        }
        throw new RegistryUnavailableException(
                "No schema registry answers (" + RegistrySettings.URL + "): " + failure, cause);
    }

    private HttpRequest request(URI url, String path, @Nullable String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(REQUEST_TIMEOUT)
                .header("Accept", CONTENT_TYPE + ", application/json");
        if (settings.authorization() != null) {
            request.header("Authorization", settings.authorization());
        }
        if (body != null) {
            request.header("Content-Type", CONTENT_TYPE).POST(BodyPublishers.ofString(body, StandardCharsets.UTF_8));
        }
        return request.build();
    }

    private static boolean isAnswer(int status) {
        return switch (status) {
            case 401, 403, 408, 429 -> false;
            default -> status / 100 == 2 || status / 100 == 4;
        };
    }

    private static String describe(int status) {
        return switch (status) {
            case 401, 403 ->
                status + ": it refuses the login; check " + RegistrySettings.BASIC_USER_INFO + " or "
                        + RegistrySettings.BEARER_TOKEN;
            default -> String.valueOf(status);
        };
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static RegistryUnavailableException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new RegistryUnavailableException("Interrupted while asking the schema registry", e);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
