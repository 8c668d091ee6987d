package dev.waybill.worker.sink.http.h2;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;

/// Makes the header list of a request: names in lower case, and none that speaks of a connection.
public final class RequestHead {

    private static final Set<String> DROPPED =
            Set.of("host", "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "te");

    private RequestHead() {}

    /// The list for a request over TLS.
    ///
    /// @param headers all others, without a length
    /// @param length  of the body; -1 without one
    public static List<Header> of(String method, String authority, String path, List<Header> headers, long length) {
        List<Header> list = new ArrayList<>(headers.size() + 5);
        list.add(new BasicHeader(":method", method));
        list.add(new BasicHeader(":scheme", "https"));
        list.add(new BasicHeader(":authority", authority));
        list.add(new BasicHeader(":path", path));
        for (Header header : headers) {
            String name = header.getName().toLowerCase(Locale.ROOT);
            if (!DROPPED.contains(name)) {
                list.add(new BasicHeader(name, header.getValue()));
            }
        }
        if (length >= 0) {
            list.add(new BasicHeader("content-length", Long.toString(length)));
        }
        return list;
    }
}
