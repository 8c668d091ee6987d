package dev.waybill.worker.sink.transfer;

import dev.waybill.topology.model.Request;
import dev.waybill.worker.sink.transfer.PathTemplate.MissingValueException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a delivery goes: the same place for every attempt.
///
/// @param directory empty for where the login begins
/// @param name      of the file
/// @param part      what it is called until it is complete
public record Target(String directory, String name, String part) {

    /// A name that no file system takes.
    public static final class NameTooLongException extends Exception {
        private static final long serialVersionUID = 1;

        NameTooLongException() {
            super("the name of the file has more than " + NAME_MAX + " bytes");
        }
    }

    /// File systems allow 255; this leaves room for what a part or a checksum adds.
    static final int NAME_MAX = 220;

    /// Enough that no two deliveries to one name write into one part.
    private static final int TAG_BYTES = 4;

    /// Where the request goes.
    ///
    /// @param name   null for `<deliveryId>`, or `<deliveryId>-<filename>` where the payload has a file
    ///     name
    /// @param suffix of parts
    public static Target of(PathTemplate directory, @Nullable PathTemplate name, String suffix, Request request)
            throws MissingValueException, NameTooLongException {
        String file = name == null
                ? defaultName(request.deliveryId(), request.payload().filename())
                : name.render(request);
        if (bytes(file) > NAME_MAX) {
            throw new NameTooLongException();
        }
        String folder = trim(directory.render(request));
        return new Target(folder, file, file + "." + tag(request.deliveryId()) + suffix);
    }

    /// A file of this name where all deliveries begin.
    static Target probe(PathTemplate directory, String name) {
        return new Target(trim(directory.begin()), name, name);
    }

    private static String defaultName(String deliveryId, @Nullable String filename) {
        if (filename == null || filename.isBlank()) {
            return deliveryId;
        }
        String tail = tail(PathTemplate.clean(filename.strip()), NAME_MAX - bytes(deliveryId) - 1);
        return tail.isEmpty() ? deliveryId : deliveryId + "-" + tail;
    }

    /// The end of the name, because the extension is there.
    private static String tail(String name, int max) {
        int start = 0;
        while (start < name.length() && bytes(name.substring(start)) > max) {
            start = name.offsetByCodePoints(start, 1);
        }
        return name.substring(start);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static String tag(String deliveryId) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(deliveryId.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, TAG_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    private static String trim(String directory) {
        String trimmed = directory.strip();
        while (trimmed.length() > 1 && trimmed.endsWith("/")) {
            trimmed = trimmed.substring(0, trimmed.length() - 1);
        }
        return trimmed.equals(".") ? "" : trimmed;
    }

    /// The path of something in the directory.
    public String in(String file) {
        if (directory.isEmpty()) {
            return file;
        }
        return directory.equals("/") ? "/" + file : directory + "/" + file;
    }

    public String path() {
        return in(name);
    }

    public String partPath() {
        return in(part);
    }

    /// The directory as the server is asked for it.
    public String directoryPath() {
        return directory.isEmpty() ? "." : directory;
    }

    /// The directories on the way, the outermost first.
    List<String> directories() {
        List<String> all = new ArrayList<>();
        for (int slash = directory.indexOf('/', 1); slash > 0; slash = directory.indexOf('/', slash + 1)) {
            all.add(directory.substring(0, slash));
        }
        if (!directory.isEmpty() && !directory.equals("/")) {
            all.add(directory);
        }
        return all;
    }
}
