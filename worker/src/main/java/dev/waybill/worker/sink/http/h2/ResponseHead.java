package dev.waybill.worker.sink.http.h2;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hc.core5.http.Header;

/// The beginning of an answer, interim or not.
///
/// @param headers without the status
/// @param length  what `content-length` says; -1 if it does not
record ResponseHead(int status, List<Header> headers, long length) {

    private static final String STATUS = ":status";

    /// They speak of connections, of which HTTP/2 has only one for all.
    private static final Set<String> FORBIDDEN =
            Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");

    /// Reads what a header block holds.
    static ResponseHead of(List<Header> block) throws MalformedException {
        if (block.isEmpty() || !block.getFirst().getName().equals(STATUS)) {
            throw new MalformedException("an answer has no status", null);
        }
        int status = (int) number(block.getFirst().getValue(), 3);
        List<Header> headers = new ArrayList<>(block.size() - 1);
        long length = -1;
        for (Header header : block.subList(1, block.size())) {
            requirePlain(header);
            headers.add(header);
            if (header.getName().equals("content-length")) {
                length = number(header.getValue(), 18);
            }
        }
        if (status < 100 || status == 101) {
            throw new MalformedException("an answer has no possible status", null);
        }
        return new ResponseHead(status, headers, length);
    }

    private static long number(String text, int digits) throws MalformedException {
        if (text.isEmpty() || text.length() > digits || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new MalformedException("an answer has no number where one belongs", null);
        }
        return Long.parseLong(text);
    }

    /// HTTP/2 can carry line ends, which others would take for the beginning of another header.
    private static void requirePlain(Header header) throws MalformedException {
        String name = header.getName();
        boolean plain = !name.isEmpty()
                && name.charAt(0) != ':'
                && name.equals(name.toLowerCase(Locale.ROOT))
                && name.chars().allMatch(c -> c > ' ' && c < 0x7f)
                && header.getValue().chars().noneMatch(c -> c == 0 || c == '\r' || c == '\n');
        if (!plain || FORBIDDEN.contains(name)) {
            throw new MalformedException("an answer has a header that it must not have", null);
        }
    }

    boolean isInterim() {
        return status < 200;
    }
}
