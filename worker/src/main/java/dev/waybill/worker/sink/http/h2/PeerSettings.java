package dev.waybill.worker.sink.http.h2;

import java.nio.ByteBuffer;
import org.apache.hc.core5.http2.H2ConnectionException;
import org.apache.hc.core5.http2.H2Error;
import org.apache.hc.core5.http2.config.H2Param;

/// What the other side has told us to keep to.
final class PeerSettings {

    static final int WINDOW_DEFAULT = 65_535;

    private static final int FRAME_MIN = 16_384;
    private static final int FRAME_MAX = (1 << 24) - 1;

    private int maxStreams = Integer.MAX_VALUE;
    private int window = WINDOW_DEFAULT;
    private int maxFrame = FRAME_MIN;
    private int headerTable = HeaderEncoder.TABLE_MAX;

    int maxStreams() {
        return maxStreams;
    }

    int window() {
        return window;
    }

    int maxFrame() {
        return maxFrame;
    }

    /// The smallest that was named since the beginning.
    int headerTable() {
        return headerTable;
    }

    /// Reads the payload of a frame.
    void apply(ByteBuffer payload) throws H2ConnectionException {
        if (payload.remaining() % 6 != 0) {
            throw new H2ConnectionException(H2Error.FRAME_SIZE_ERROR, "settings are cut off");
        }
        while (payload.hasRemaining()) {
            H2Param param = H2Param.valueOf(payload.getShort() & 0xffff);
            long value = payload.getInt() & 0xffff_ffffL;
            if (param != null) {
                apply(param, value);
            }
        }
    }

    private void apply(H2Param param, long value) throws H2ConnectionException {
        switch (param) {
            case HEADER_TABLE_SIZE -> headerTable = (int) Math.min(headerTable, value);
            case ENABLE_PUSH -> require(value == 0, H2Error.PROTOCOL_ERROR, "a server enables pushes");
            case MAX_CONCURRENT_STREAMS -> maxStreams = (int) Math.min(Integer.MAX_VALUE, value);
            case INITIAL_WINDOW_SIZE -> {
                require(value <= Integer.MAX_VALUE, H2Error.FLOW_CONTROL_ERROR, "an initial window is too large");
                window = (int) value;
            }
            case MAX_FRAME_SIZE -> {
                require(value >= FRAME_MIN && value <= FRAME_MAX, H2Error.PROTOCOL_ERROR, "no possible frame size");
                maxFrame = (int) value;
            }
            case MAX_HEADER_LIST_SIZE, SETTINGS_NO_RFC7540_PRIORITIES -> {
                // Advice: a server that minds answers 431.
            }
        }
    }

    private static void require(boolean holds, H2Error error, String message) throws H2ConnectionException {
        if (!holds) {
            throw new H2ConnectionException(error, message);
        }
    }
}
