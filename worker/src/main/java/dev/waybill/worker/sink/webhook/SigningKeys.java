package dev.waybill.worker.sink.webhook;

import dev.waybill.worker.sink.Content;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Signs as Standard Webhooks has it: HMAC-SHA256 over `id.timestamp.body`, one signature for each key.
///
/// @param keys the current key first; during a rotation the one before, too
record SigningKeys(List<SecretKeySpec> keys) {

    private static final String ALGORITHM = "HmacSHA256";
    private static final String PREFIX = "whsec_";

    /// The bounds of Standard Webhooks.
    private static final int BYTES_MIN = 24;

    private static final int BYTES_MAX = 64;

    SigningKeys {
        keys = List.copyOf(keys);
    }

    /// Reads a secret: base64 of 24 to 64 bytes, with or without `whsec_` before it.
    ///
    /// @throws IllegalArgumentException if it is anything else; it is not quoted
    static SecretKeySpec key(String secret) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(secret.startsWith(PREFIX) ? secret.substring(PREFIX.length()) : secret);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the signing secret is not " + PREFIX + " and base64", e);
        }
        if (bytes.length < BYTES_MIN || bytes.length > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "the signing secret must have " + BYTES_MIN + " to " + BYTES_MAX + " bytes");
        }
        return new SecretKeySpec(bytes, ALGORITHM);
    }

    /// The value of `webhook-signature`.
    String sign(String id, String timestamp, Content body) throws IOException {
        byte[] head = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
        StringBuilder signatures = new StringBuilder();
        for (SecretKeySpec key : keys) {
            if (!signatures.isEmpty()) {
                signatures.append(' ');
            }
            signatures.append("v1,").append(Base64.getEncoder().encodeToString(hmac(key, head, body)));
        }
        return signatures.toString();
    }

    private static byte[] hmac(SecretKeySpec key, byte[] head, Content body) throws IOException {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(head);
            if (body instanceof Content.Inline(var bytes)) {
                return mac.doFinal(bytes.array());
            }
            try (InputStream in = body.open()) {
                byte[] chunk = new byte[Content.CHUNK];
                for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                    mac.update(chunk, 0, read);
                }
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has " + ALGORITHM, e);
        }
    }

    /// Without the keys.
    @Override
    public String toString() {
        return "SigningKeys[" + keys.size() + "]";
    }
}
