package dev.waybill.worker.sink.smtp;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Commands out, replies in, over one socket. Whatever a server answers, no more than [#REPLY_MAX] is read
/// of it.
final class Wire {

    /// Honest replies have a few lines of at most 512 bytes (RFC 5321, section 4.5.3.1.5).
    static final int REPLY_MAX = 32 * 1024;

    /// Of a line; the rest of it is read and not kept.
    private static final int LINE_KEPT = 1_024;

    private static final int BUFFER = 4 * 1024;

    /// Three digits and what follows them: from here on it is certain what a reply means.
    private static final int CODE = 4;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER];
    private int position;
    private int limit;

    Wire(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
    }

    /// Whether there is something to read that nobody has asked for. After a reply there is not, on a
    /// connection that is well.
    boolean hasLeftover() throws IOException {
        return position < limit || in.available() > 0;
    }

    /// Sends commands, each of which ends with CRLF.
    void send(String commands) throws IOException {
        out.write(commands.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    void send(byte[] bytes, int from, int length) throws IOException {
        out.write(bytes, from, length);
        out.flush();
    }

    /// Reads one reply. Of one that breaks off or does not end, the code is taken as soon as it is there.
    ///
    /// @param patience between two pieces of it
    /// @throws MalformedReplyException if it is none
    /// @throws IOException             if it does not come
    Reply read(Duration patience) throws IOException {
        socket.setSoTimeout(Math.toIntExact(Math.clamp(patience.toMillis(), 1, Integer.MAX_VALUE)));
        List<String> lines = new ArrayList<>();
        Line line = new Line();
        int code = 0;
        int read = 0;
        try {
            while (true) {
                int c = next();
                read++;
                if (c != '\n') {
                    line.add(c);
                    if (line.length == CODE) {
                        code = line.code(code);
                    }
                    if (read >= REPLY_MAX) {
                        throw new IOException("a reply without end");
                    }
                    continue;
                }
                if (line.length == CODE - 1) {
                    // A code without a text, and without the blank that should still be there.
                    line.add(' ');
                }
                code = line.code(code);
                lines.add(line.text());
                if (!line.continues()) {
                    return Reply.of(code, lines, true);
                }
                line = new Line();
            }
        } catch (MalformedReplyException e) {
            throw e;
        } catch (IOException e) {
            if (code == 0) {
                throw read >= REPLY_MAX ? new MalformedReplyException("no reply of SMTP") : e;
            }
            return Reply.of(code, lines, false);
        }
    }

    private int next() throws IOException {
        if (position == limit) {
            limit = in.read(buffer, 0, BUFFER);
            position = 0;
            if (limit <= 0) {
                limit = 0;
                throw new EOFException("the server closed the connection");
            }
        }
        return buffer[position++] & 0xFF;
    }

    /// A line as it comes in.
    private static final class Line {
        private final byte[] kept = new byte[LINE_KEPT];
        private int length;

        void add(int c) {
            if (length < LINE_KEPT && c != '\r') {
                kept[length++] = (byte) c;
            }
        }

        /// @param before of the lines before it; 0 if it is the first
        int code(int before) throws MalformedReplyException {
            if (length < CODE || !isDigit(0, '2', '5') || !isDigit(1, '0', '9') || !isDigit(2, '0', '9')) {
                throw new MalformedReplyException("no reply of SMTP");
            }
            if (kept[CODE - 1] != ' ' && kept[CODE - 1] != '-') {
                throw new MalformedReplyException("no reply of SMTP");
            }
            int code = (kept[0] - '0') * 100 + (kept[1] - '0') * 10 + kept[2] - '0';
            if (before != 0 && code != before) {
                throw new MalformedReplyException("a reply with two codes");
            }
            return code;
        }

        private boolean isDigit(int at, char from, char to) {
            return kept[at] >= from && kept[at] <= to;
        }

        boolean continues() {
            return kept[CODE - 1] == '-';
        }

        String text() {
            return new String(kept, CODE, length - CODE, StandardCharsets.UTF_8);
        }
    }
}
