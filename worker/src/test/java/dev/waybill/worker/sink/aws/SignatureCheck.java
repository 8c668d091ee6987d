package dev.waybill.worker.sink.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.worker.sink.http.ScriptedHttpServer.Received;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Verifies requests as AWS does
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html): from what arrived.
public final class SignatureCheck {

    private static final Pattern AUTHORIZATION =
            Pattern.compile("AWS4-HMAC-SHA256 Credential=([^/]+)/([0-9]{8})/([a-z0-9-]+)/([a-z0-9]+)/aws4_request, "
                    + "SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})");

    private SignatureCheck() {}

    /// Fails unless the request was signed with the secret, and nothing that matters was left unsigned.
    public static void verify(Received request, String secret) {
        Map<String, String> headers = request.headers();
        Matcher authorization = AUTHORIZATION.matcher(String.valueOf(headers.get("authorization")));
        assertThat(authorization.matches()).as("Authorization of " + request).isTrue();
        String[] signed = authorization.group(5).split(";", -1);
        assertThat(signed).contains("host", "x-amz-date");
        assertThat(headers.keySet().stream()
                        .filter(name -> name.startsWith("x-amz-"))
                        .toList())
                .allSatisfy(name -> assertThat(signed).contains(name));
        String bodyHash = headers.getOrDefault(
                "x-amz-content-sha256", sha256(request.body().array()));
        if (!bodyHash.equals("UNSIGNED-PAYLOAD")) {
            assertThat(bodyHash).isEqualTo(sha256(request.body().array()));
        }
        int query = request.path().indexOf('?');
        String canonical = request.method() + "\n"
                + (query < 0 ? request.path() : request.path().substring(0, query)) + "\n"
                + (query < 0 ? "" : canonicalQuery(request.path().substring(query + 1))) + "\n"
                + Arrays.stream(signed)
                        .map(name -> name + ":"
                                + String.valueOf(headers.get(name)).strip().replaceAll(" +", " ") + "\n")
                        .collect(Collectors.joining())
                + "\n" + authorization.group(5) + "\n" + bodyHash;
        String date = authorization.group(2);
        String scope = date + "/" + authorization.group(3) + "/" + authorization.group(4) + "/aws4_request";
        String toSign = "AWS4-HMAC-SHA256\n" + headers.get("x-amz-date") + "\n" + scope + "\n"
                + sha256(canonical.getBytes(StandardCharsets.UTF_8));
        byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
        for (String part : scope.split("/", -1)) {
            key = hmac(key, part);
        }
        assertThat(authorization.group(6))
                .as("signature of " + request.method() + " " + request.path())
                .isEqualTo(HexFormat.of().formatHex(hmac(key, toSign)));
    }

    private static String canonicalQuery(String query) {
        return Arrays.stream(query.split("&", -1))
                .map(pair -> pair.contains("=") ? pair : pair + "=")
                .sorted()
                .collect(Collectors.joining("&"));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
