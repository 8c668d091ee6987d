package dev.waybill.worker.delivery;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/// What is done and what is not on one partition: every offset below `prefix` is done; from there up to `position`
/// all but the `undone` ones are; from `position` on none is.
///
/// ```
///   offset   …  40 41 42 43 44 45 46 47 48 …
///               ✔  ✔  ·  ✔  ·  ✔  ✔  ·  ·         prefix 42, position 47, undone {42, 44}
/// ```
///
/// It travels as the metadata of the committed offset `prefix`: a version byte, then varints (position − prefix, and
/// the gaps between undone offsets), in base64.
///
/// @param prefix   the offset to commit; equal to the first undone one, or to `position` if there is none
/// @param position the first offset not looked at yet
/// @param undone   offsets at or above `prefix` and below `position`, ascending
public record OffsetMap(long prefix, long position, List<Long> undone) {

    /// The broker allows 4 096 (`offset.metadata.max.bytes`), and one byte more kills the producer. A thousand undone
    /// offsets with two-byte gaps take 2 700.
    static final int ENCODED_MAX = 3_000;

    private static final byte VERSION = 1;

    /// What is left of [#ENCODED_MAX] for the gaps: base64 makes four of three, and version and position go first.
    private static final long GAPS_BYTES_MAX = ENCODED_MAX * 3 / 4 - 10;

    public OffsetMap {
        undone = List.copyOf(undone);
    }

    /// A partition of which everything below the offset is done and nothing else.
    public static OffsetMap upTo(long offset) {
        return new OffsetMap(offset, offset, List.of());
    }

    public boolean isDone(long offset) {
        return offset < prefix || (offset < position && Collections.binarySearch(undone, offset) < 0);
    }

    /// Whether a map of so many undone offsets is written in full wherever between prefix and position they lie.
    static boolean fits(int undone, long span) {
        // Of gaps that add up to the span, each takes two bytes, and the long ones one more for every 2^14 at most.
        long mostlyShort = 2L * undone + (span >> 14);
        long allAsLongAsTheSpan = (long) undone * Math.ceilDiv(64 - Long.numberOfLeadingZeros(span | 1), 7);
        return Math.min(mostlyShort, allAsLongAsTheSpan) <= GAPS_BYTES_MAX;
    }

    /// As it is committed. A map that would be too long forgets what is done furthest ahead: that is done again after a
    /// crash, but nothing is lost.
    public OffsetAndMetadata toCommit() {
        OffsetMap shorter = this;
        String encoded = shorter.encode();
        while (encoded.length() > ENCODED_MAX) {
            int half = shorter.undone.size() / 2;
            shorter = new OffsetMap(prefix, shorter.undone.get(half), shorter.undone.subList(0, half));
            encoded = shorter.encode();
        }
        return new OffsetAndMetadata(prefix, encoded);
    }

    /// Reads what was committed. Metadata that is missing or was written by something else means that only the
    /// prefix is known to be done.
    public static OffsetMap of(OffsetAndMetadata committed) {
        return decode(committed.offset(), committed.metadata()).orElseGet(() -> upTo(committed.offset()));
    }

    private String encode() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(undone.size() * 2 + 8);
        out.write(VERSION);
        writeVarint(out, position - prefix);
        long previous = prefix;
        for (long offset : undone) {
            writeVarint(out, offset - previous);
            previous = offset;
        }
        return Base64.getEncoder().withoutPadding().encodeToString(out.toByteArray());
    }

    private static Optional<OffsetMap> decode(long prefix, String metadata) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(metadata);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (bytes.length < 2 || bytes[0] != VERSION) {
            return Optional.empty();
        }
        VarintReader in = new VarintReader(bytes, 1);
        long position = prefix + in.next();
        List<Long> undone = new ArrayList<>();
        long previous = prefix;
        while (in.hasNext()) {
            previous += in.next();
            undone.add(previous);
        }
        boolean sound = in.sound()
                && position >= prefix
                && (undone.isEmpty() ? position == prefix : undone.getFirst() == prefix && ascending(undone, position));
        return sound ? Optional.of(new OffsetMap(prefix, position, undone)) : Optional.empty();
    }

    private static boolean ascending(List<Long> offsets, long end) {
        for (int i = 1; i < offsets.size(); i++) {
            if (offsets.get(i) <= offsets.get(i - 1)) {
                return false;
            }
        }
        return offsets.getLast() < end;
    }

    private static void writeVarint(ByteArrayOutputStream out, long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    /// Reads varints until the bytes end; a broken one makes the whole unsound.
    private static final class VarintReader {
        /// Seven bits each, so that 63 bits take nine bytes.
        private static final int BYTES_MAX = 9;

        private final byte[] bytes;
        private int at;
        private boolean sound = true;

        VarintReader(byte[] bytes, int from) {
            this.bytes = bytes;
            this.at = from;
        }

        boolean hasNext() {
            return sound && at < bytes.length;
        }

        boolean sound() {
            return sound;
        }

        long next() {
            long value = 0;
            for (int i = 0; i < BYTES_MAX && at < bytes.length; i++) {
                byte b = bytes[at++];
                value |= (long) (b & 0x7F) << (7 * i);
                if (b >= 0) {
                    return value;
                }
            }
            sound = false;
            return 0;
        }
    }
}
