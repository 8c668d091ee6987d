package dev.waybill.worker.sink.s3;

import dev.waybill.worker.sink.Content;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;

/// An object to be put.
///
/// @param sha256   of the content, in lower-case hex
/// @param metadata without the hash, which every object has beside it
record PutObject(
        String key,
        Content content,
        String contentType,
        String sha256,
        Map<String, String> metadata,
        Map<String, String> tags) {

    /// By it an attempt knows an object of the attempt before. S3's own checksums are not the same for objects that
    /// were
    /// put in parts.
    static final String SHA256 = "waybill-sha256";

    PutObject {
        metadata = Map.copyOf(metadata);
        tags = Map.copyOf(tags);
    }

    /// As S3 has it.
    static String base64(String hex) {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
    }
}
