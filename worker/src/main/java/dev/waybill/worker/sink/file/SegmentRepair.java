package dev.waybill.worker.sink.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Ends segments whose writer did not: cuts off what no whole line of the index tells of, and seals the rest.
final class SegmentRepair {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentRepair.class);

    private static final JsonMapper JSON = new JsonMapper();

    private SegmentRepair() {}

    /// How much of a segment counts.
    ///
    /// @param index bytes of whole lines
    /// @param data  bytes that these lines tell of
    private record Whole(long index, long data) {}

    /// Seals what writers have left that are certainly gone.
    ///
    /// @param olderThan no writer leaves an open segment alone for so long
    static void sweep(Disk disk, Path directory, Instant olderThan) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, "*" + SegmentFile.OPEN)) {
            for (Path open : left) {
                if (SegmentFile.isOpen(open)
                        && Files.isRegularFile(open, LinkOption.NOFOLLOW_LINKS)
                        && Files.getLastModifiedTime(open).toInstant().isBefore(olderThan)) {
                    LOG.info("ending the segment {}, whose writer did not", open);
                    seal(disk, directory, open);
                }
            }
        }
    }

    /// Cuts and seals one; removes it if it holds nothing. Without its index nobody can say, so it stays as it is.
    static void seal(Disk disk, Path directory, Path open) throws IOException {
        String text = String.valueOf(open.getFileName());
        String name = text.substring(0, text.length() - SegmentFile.OPEN.length());
        Path index = open.resolveSibling(name + SegmentFile.INDEX);
        if (!Files.isRegularFile(index, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        // A line of NDJSON has its end, which the index does not count.
        int lineEnd = name.endsWith(SegmentFormat.NDJSON.suffix()) ? 1 : 0;
        Whole whole = whole(index, Files.exists(open, LinkOption.NOFOLLOW_LINKS) ? Files.size(open) : 0, lineEnd);
        if (whole.index() == 0) {
            Files.deleteIfExists(open);
            Files.deleteIfExists(index);
        } else {
            cut(disk, Disk.Part.INDEX, index, whole.index());
            cut(disk, Disk.Part.DATA, open, whole.data());
            Files.move(open, open.resolveSibling(name), StandardCopyOption.ATOMIC_MOVE);
        }
        disk.flush(directory);
    }

    private static Whole whole(Path index, long dataSize, int lineEnd) throws IOException {
        byte[] bytes = Files.readAllBytes(index);
        Whole whole = new Whole(0, 0);
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                long end = end(new String(bytes, start, i - start, StandardCharsets.UTF_8)) + lineEnd;
                if (end < lineEnd || end > dataSize) {
                    break;
                }
                start = i + 1;
                whole = new Whole(start, Math.max(end, whole.data()));
            }
        }
        return whole;
    }

    /// Where the payload of a line ends; -1 if it is none.
    private static long end(String line) {
        try {
            JsonNode node = JSON.readTree(line);
            return node.path("id").isString() && node.path("offset").isIntegralNumber()
                    ? node.path("offset").asLong() + node.path("length").asLong()
                    : -1;
        } catch (JacksonException _) {
            return -1;
        }
    }

    private static void cut(Disk disk, Disk.Part part, Path file, long size) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS))) {
            if (channel.size() > size) {
                channel.truncate(size);
                disk.flush(part, channel);
            }
        }
    }
}
