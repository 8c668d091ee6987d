package dev.waybill.worker.sink.file;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The name of a delivery's file: `<deliveryId>`, or `<deliveryId>-<filename>` where the payload has a file
/// name. The same delivery always gets the same name, so that a repeated attempt finds what the one before has
/// written.
final class FileNames {

    /// What Linux file systems allow for one name.
    private static final int BYTES_MAX = 255;

    private FileNames() {}

    static String of(String deliveryId, @Nullable String filename) {
        if (filename == null || filename.isBlank()) {
            return deliveryId;
        }
        int room = BYTES_MAX - deliveryId.length() - 1;
        String tail = tail(clean(filename.strip()), room);
        return tail.isEmpty() ? deliveryId : deliveryId + "-" + tail;
    }

    /// A file name is no path: separators and control characters become underscores.
    private static String clean(String filename) {
        StringBuilder clean = new StringBuilder(filename.length());
        for (int i = 0; i < filename.length(); i++) {
            char c = filename.charAt(i);
            clean.append(c == '/' || c == '\\' || c == ':' || Character.isISOControl(c) ? '_' : c);
        }
        return clean.toString();
    }

    /// The end of the name, because the extension is there.
    private static String tail(String name, int bytes) {
        int start = 0;
        while (start < name.length() && name.substring(start).getBytes(StandardCharsets.UTF_8).length > bytes) {
            start = name.offsetByCodePoints(start, 1);
        }
        return name.substring(start);
    }
}
