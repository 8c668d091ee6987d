package dev.waybill.worker.sink;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/// The id of a batch: the same for the same members in the same order, and proof of who they are, because it
/// is signed.
public final class BatchId {

    private static final String PREFIX = "batch_";

    /// Enough that no two batches ever share an id.
    private static final int BYTES = 16;

    private BatchId() {}

    /// `batch_` and the first 16 bytes of SHA-256 over the members' delivery ids, separated by commas, in
    /// base64url.
    public static String of(List<String> deliveryIds) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(String.join(",", deliveryIds).getBytes(StandardCharsets.UTF_8));
            return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
