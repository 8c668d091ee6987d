package dev.waybill.worker.sink.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/// A segment that is being written, by one call at a time and no other process.
///
/// ```
///   20260301T120000.000000Z-<uuid>.ndjson.open     payloads, appended
///   20260301T120000.000000Z-<uuid>.ndjson.index    a line for each payload that is there, appended after it
///        │ sealed: it is large or old enough, or its writer stops
///        ▼
///   20260301T120000.000000Z-<uuid>.ndjson          never changed again
/// ```
///
/// An append is data, flush, index, flush. So whatever a whole line of the index tells of is there, and what a crash
/// left behind is bytes that no line tells of, or a line without its end. Files are opened for each append: there may
/// be as many segments as destinations.
final class SegmentFile {

    static final String OPEN = ".open";
    static final String INDEX = ".index";

    /// No delivery's own file is called so: after the digits there would be a `-` or nothing, never a dot.
    private static final Pattern OPEN_NAME =
            Pattern.compile("\\d{8}T\\d{6}\\.\\d{6}Z-[0-9a-f-]{36}\\.(ndjson|segment)\\.open");

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final Disk disk;
    private final Path directory;
    private final String name;
    private final long begunNanos;
    private long size;
    private long indexSize;
    private int count;

    /// Names a segment; nothing is written yet. The name begins with the time, so that segments sort by age, and holds
    /// what nobody else has, so that no two processes write to one.
    ///
    /// @param nanos the same time by a clock that only goes forward
    SegmentFile(Disk disk, Path directory, SegmentFormat format, Instant now, long nanos) {
        this.disk = disk;
        this.directory = directory;
        this.name = TIME.format(now) + "-" + UUID.randomUUID() + format.suffix();
        this.begunNanos = nanos;
    }

    /// Whether a file is a segment that was not sealed.
    static boolean isOpen(Path file) {
        return OPEN_NAME.matcher(String.valueOf(file.getFileName())).matches();
    }

    long begunNanos() {
        return begunNanos;
    }

    /// Bytes of all payloads, and so where the next one begins.
    long size() {
        return size;
    }

    /// Payloads.
    int count() {
        return count;
    }

    boolean isIn(Path real) {
        return directory.equals(real);
    }

    private Path open() {
        return directory.resolve(name + OPEN);
    }

    private Path index() {
        return directory.resolve(name + INDEX);
    }

    /// Adds members; they stay there after a power failure. After an exception the segment takes no more: see
    /// [SegmentRepair#seal].
    ///
    /// @throws UnsureException if readers may have seen them already
    /// @throws IOException     if they have certainly not
    void append(Members members) throws IOException {
        boolean isNew = indexSize == 0;
        if (isNew) {
            // Whoever sees a segment finds its index.
            FileChannel.open(index(), options(true)).close();
        }
        add(Disk.Part.DATA, open(), isNew, size, members.content().buffer());
        try {
            add(Disk.Part.INDEX, index(), false, indexSize, members.index().buffer());
            if (isNew) {
                disk.flush(directory);
            }
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            throw new UnsureException(e);
        }
        size += members.content().size();
        indexSize += members.index().size();
        count += members.count();
    }

    private void add(Disk.Part part, Path file, boolean isNew, long position, ByteBuffer bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, options(isNew))) {
            channel.position(position);
            disk.write(part, channel, bytes);
            disk.flush(part, channel);
        }
    }

    private static Set<OpenOption> options(boolean isNew) {
        return isNew
                ? Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)
                : Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    }

    /// Nothing is added any more: gives the segment its final name.
    void seal() throws IOException {
        if (indexSize > 0) {
            Files.move(open(), directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            disk.flush(directory);
        }
    }

    /// After a failed append: keeps what the index tells of, and seals that.
    void sealWhatIsThere() throws IOException {
        SegmentRepair.seal(disk, directory, open());
    }
}
