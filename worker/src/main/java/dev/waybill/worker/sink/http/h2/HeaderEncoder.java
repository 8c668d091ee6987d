package dev.waybill.worker.sink.http.h2;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http2.hpack.HPackEncoder;
import org.apache.hc.core5.util.ByteArrayBuffer;

/// Compresses the headers of a connection's requests, in the order in which they are sent.
final class HeaderEncoder {

    /// The default of the protocol; a larger table would only hold more of the few headers below.
    static final int TABLE_MAX = 4_096;

    /// What the table may remember. A connection is shared by organizations, and an attempt reports how many bytes it
    /// sent: with other headers in the table anyone could find out by guessing what another organization sends.
    private static final Set<String> SHARED =
            Set.of(":method", ":scheme", ":authority", "user-agent", "accept", "content-type", "content-encoding");

    private final HPackEncoder encoder = new HPackEncoder(TABLE_MAX, StandardCharsets.US_ASCII);
    private final ByteArrayBuffer block = new ByteArrayBuffer(1_024);
    private int table = TABLE_MAX;

    /// Keeps to the size that the other side allows. It is never raised again: that would have to be told in between,
    /// and is worth nothing.
    void limit(int size) {
        if (size < table) {
            table = size;
            encoder.setMaxTableSize(size);
        }
    }

    /// The block, valid until the next one.
    ByteArrayBuffer encode(List<Header> headers) {
        block.clear();
        try {
            for (Header header : headers) {
                encoder.encodeHeader(block, header.getName(), header.getValue(), !SHARED.contains(header.getName()));
            }
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("headers are ASCII", e);
        }
        return block;
    }

    /// More bytes than the block can have.
    static int atMost(List<Header> headers) {
        int size = 0;
        for (Header header : headers) {
            size += header.getName().length() + header.getValue().length() + 32;
        }
        return 2 * size;
    }
}
