package dev.waybill.topology;

import dev.waybill.topology.model.Payload;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// SHA-256 of inline payloads. Belongs to one thread.
final class PayloadHash {

    private final MessageDigest digest = sha256();

    @Nullable
    String of(Payload payload) {
        return payload.body() == null
                ? null
                : HexFormat.of().formatHex(digest.digest(payload.body().array()));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
