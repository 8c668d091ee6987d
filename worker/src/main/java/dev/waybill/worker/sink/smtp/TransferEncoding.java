package dev.waybill.worker.sink.smtp;

import jakarta.mail.util.StreamProvider;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// How bytes are written so that every server takes them: as ASCII, in lines that are not too long.
enum TransferEncoding {
    /// As they are.
    SEVEN_BIT("7bit"),
    QUOTED_PRINTABLE("quoted-printable"),
    BASE64("base64");

    /// RFC 5322, section 2.1.1.
    private static final int LINE_MAX = 998;

    /// Bytes that make one line of base64.
    private static final int BASE64_LINE = 57;

    /// Lines that are encoded at a time.
    private static final int BASE64_LINES = 1_024;

    private static final Base64.Encoder ENCODER = Base64.getMimeEncoder(76, "\r\n".getBytes(StandardCharsets.US_ASCII));

    private final String wireName;

    TransferEncoding(String wireName) {
        this.wireName = wireName;
    }

    String wireName() {
        return wireName;
    }

    /// The one that leaves the most to read of a text.
    static TransferEncoding of(byte[] text) {
        int strange = 0;
        int line = 0;
        boolean tooLong = false;
        for (byte b : text) {
            line = b == '\n' ? 0 : line + 1;
            tooLong |= line > LINE_MAX;
            if (b < ' ' && b != '\n' && b != '\t' && b != '\r') {
                // Negative ones are beyond ASCII.
                strange++;
            }
        }
        if (strange == 0 && !tooLong) {
            return SEVEN_BIT;
        }
        return strange * 2 <= text.length ? QUOTED_PRINTABLE : BASE64;
    }

    void write(byte[] bytes, StreamProvider streams, WireFormat out) throws IOException {
        switch (this) {
            case SEVEN_BIT -> out.write(bytes, 0, bytes.length);
            case QUOTED_PRINTABLE -> {
                OutputStream encoder = streams.outputQP(out);
                encoder.write(bytes);
                encoder.flush();
            }
            case BASE64 -> {
                for (int from = 0; from < bytes.length; from += BASE64_LINE * BASE64_LINES) {
                    int length = Math.min(BASE64_LINE * BASE64_LINES, bytes.length - from);
                    byte[] piece = new byte[length];
                    System.arraycopy(bytes, from, piece, 0, length);
                    out.lines(ENCODER.encode(piece));
                }
            }
        }
    }
}
