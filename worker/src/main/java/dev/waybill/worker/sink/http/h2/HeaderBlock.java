package dev.waybill.worker.sink.http.h2;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http2.H2ConnectionException;
import org.apache.hc.core5.http2.H2Error;
import org.apache.hc.core5.http2.hpack.HPackDecoder;
import org.apache.hc.core5.http2.hpack.HPackException;
import org.apache.hc.core5.util.ByteArrayBuffer;

/// Puts header blocks together and unpacks them, all of a connection in their order, wanted or not: each may change
/// what
/// the next one means.
final class HeaderBlock {

    /// What we announce; as for HTTP/1.1, larger ones are no honest answers.
    static final int LIST_MAX = 32 * 1024;

    private static final int COUNT_MAX = 100;

    /// Packed it is hardly larger.
    private static final int BLOCK_MAX = 64 * 1024;

    /// So much fits into a few frames; a block in many small ones is an attack.
    private static final int FRAGMENTS_MAX = 32;

    /// What the protocol adds to each header when it measures a list.
    private static final int OVERHEAD = 32;

    private final HPackDecoder decoder = new HPackDecoder(HeaderEncoder.TABLE_MAX, StandardCharsets.US_ASCII);
    private final ByteArrayBuffer block = new ByteArrayBuffer(1_024);
    private int fragments;
    private int streamId;
    private boolean last;

    /// Begins a block.
    ///
    /// @param last whether the stream ends with it
    void begin(int streamId, boolean last) {
        this.streamId = streamId;
        this.last = last;
        block.clear();
        fragments = 0;
    }

    int streamId() {
        return streamId;
    }

    boolean last() {
        return last;
    }

    void append(ByteBuffer fragment) throws H2ConnectionException {
        if (++fragments > FRAGMENTS_MAX || block.length() + fragment.remaining() > BLOCK_MAX) {
            throw new H2ConnectionException(H2Error.ENHANCE_YOUR_CALM, "a header block has no end");
        }
        block.append(fragment);
    }

    /// The headers.
    ///
    /// @throws MalformedException    if they are too many; the next block is not affected
    /// @throws H2ConnectionException if they cannot be unpacked
    List<Header> decode() throws MalformedException, H2ConnectionException {
        ByteBuffer packed = ByteBuffer.wrap(block.array(), 0, block.length());
        List<Header> headers = new ArrayList<>();
        long size = 0;
        boolean tooMany = false;
        try {
            while (packed.hasRemaining()) {
                Header header = decoder.decodeHeader(packed);
                if (header == null) {
                    break;
                }
                size += header.getName().length() + header.getValue().length() + OVERHEAD;
                tooMany = tooMany || size > LIST_MAX || headers.size() == COUNT_MAX;
                if (!tooMany) {
                    headers.add(header);
                }
            }
        } catch (HPackException | RuntimeException e) {
            // It also throws other exceptions at lengths that do not exist.
            throw new H2ConnectionException(H2Error.COMPRESSION_ERROR, "headers cannot be unpacked");
        }
        if (tooMany) {
            throw new MalformedException("the headers are too large", null);
        }
        return headers;
    }
}
