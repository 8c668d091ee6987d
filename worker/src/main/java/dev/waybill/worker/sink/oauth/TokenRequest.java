package dev.waybill.worker.sink.oauth;

import dev.waybill.worker.sink.http.HttpTarget;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is asked of a token endpoint, with the secrets in use now. Whoever asks the same gets the same token.
///
/// @param clientSecret null for a client that has none
/// @param refreshToken null to ask as the client itself
/// @param scope        null for what the endpoint gives
public record TokenRequest(
        HttpTarget endpoint,
        String clientId,
        @Nullable String clientSecret,
        @Nullable String refreshToken,
        @Nullable String scope) {

    /// The body of the request.
    ///
    /// @param renewed the refresh token that came with the last answer, in place of ours; null if none did
    String form(@Nullable String renewed) {
        List<String> fields = new ArrayList<>();
        String refresh = renewed == null ? refreshToken : renewed;
        add(fields, "grant_type", refresh == null ? "client_credentials" : "refresh_token");
        add(fields, "refresh_token", refresh);
        add(fields, "client_id", clientId);
        add(fields, "client_secret", clientSecret);
        add(fields, "scope", scope);
        return String.join("&", fields);
    }

    private static void add(List<String> fields, String name, @Nullable String value) {
        if (value != null) {
            fields.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
    }

    /// What must not be seen.
    public List<String> secrets() {
        List<String> secrets = new ArrayList<>();
        if (clientSecret != null) {
            secrets.add(clientSecret);
        }
        if (refreshToken != null) {
            secrets.add(refreshToken);
        }
        return secrets;
    }

    /// Without the secrets.
    @Override
    public String toString() {
        return "TokenRequest[" + endpoint.authority() + ", " + clientId + "]";
    }
}
