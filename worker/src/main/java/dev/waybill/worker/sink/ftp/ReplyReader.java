package dev.waybill.worker.sink.ftp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/// Reads replies no longer than anybody would read: Commons Net keeps all lines of one until its last.
final class ReplyReader extends BufferedReader {

    /// Banners are the longest, and they are a screen or two.
    static final int REPLY_MAX = 64 * 1024;

    private static final int CODE = 3;

    private int read;

    ReplyReader(Reader in) {
        super(in);
    }

    /// A line without its end; null at the end of the connection.
    @Override
    public @Nullable String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = read(); c != '\n'; c = read()) {
            if (c < 0) {
                return line.isEmpty() ? null : line.toString();
            }
            if (++read > REPLY_MAX) {
                throw new IOException("the reply has no end");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        if (isLast(line)) {
            read = 0;
        }
        return line.toString();
    }

    /// RFC 959, section 4.2: a code and a blank, where the lines before it have a dash.
    private static boolean isLast(StringBuilder line) {
        return line.length() > CODE
                && line.charAt(CODE) == ' '
                && line.chars().limit(CODE).allMatch(Character::isDigit);
    }
}
