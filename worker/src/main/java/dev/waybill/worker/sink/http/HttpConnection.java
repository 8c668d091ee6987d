package dev.waybill.worker.sink.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/// One HTTP/1.1 connection to a receiver, kept for several requests, one after the other.
final class HttpConnection extends DefaultBHttpClientConnection implements Link {

    /// Bounds of a response's header section; larger ones are no honest answers. The buffer takes a request of
    /// the usual size in one write.
    private static final Http1Config CONFIG = Http1Config.custom()
            .setMaxLineLength(8_192)
            .setMaxHeaderCount(100)
            .setMaxEmptyLineCount(10)
            .setBufferSize(8_192)
            .build();

    /// An idle connection may have been closed meanwhile; one used a moment ago hardly, and the check costs [#PEEK].
    /// Tasks come in bursts of one commit interval: what each burst uses is not checked.
    private static final Duration CHECK_WHEN_IDLE = Duration.ofMillis(300);

    /// The shortest wait that a socket offers.
    private static final Timeout PEEK = Timeout.ofMilliseconds(1);

    private final Socket plain;
    private final ResponseParser parser;
    private final String remoteAddress;

    private HttpConnection(Socket plain, ResponseParser parser) {
        super(CONFIG, null, null, null, null, null, config -> parser);
        this.plain = plain;
        this.parser = parser;
        this.remoteAddress = plain.getInetAddress().getHostAddress() + ":" + plain.getPort();
    }

    /// A connection over a connected socket.
    static HttpConnection over(Socket plain, @Nullable SSLSocket tls) throws IOException {
        HttpConnection connection = new HttpConnection(plain, new ResponseParser());
        if (tls == null) {
            connection.bind(plain);
        } else {
            connection.bind(tls, plain);
        }
        return connection;
    }

    @Override
    public String remoteAddress() {
        return remoteAddress;
    }

    @Override
    public @Nullable SSLSession session() {
        return getSSLSession();
    }

    long sentBytes() {
        return getEndpointDetails().getSentBytesCount();
    }

    /// Whether a new request may be sent: the receiver has neither closed the connection nor sent something
    /// unasked, which would be read as the next answer.
    @Override
    public boolean isUsable(Duration idle) {
        try {
            if (!isOpen() || parser.hasLeftover() || plain.getInputStream().available() > 0) {
                return false;
            }
            return idle.compareTo(CHECK_WHEN_IDLE) < 0 || (!isDataAvailable(PEEK) && !isStale());
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void discard() {
        close(CloseMode.IMMEDIATE);
    }

    /// Reads whole heads only, and shows what the connection has read beyond the last answer.
    private static final class ResponseParser extends DefaultHttpResponseParser {

        private @Nullable SessionInputBuffer buffer;

        ResponseParser() {
            super(CONFIG);
        }

        @Override
        public @Nullable ClassicHttpResponse parse(SessionInputBuffer source, InputStream stream)
                throws IOException, HttpException {
            buffer = source;
            return super.parse(source, new UnendedStream(stream));
        }

        boolean hasLeftover() {
            return buffer != null && buffer.length() > 0;
        }
    }

    /// Fails where it ends. The parser would take the end of the stream for the end of the head: an answer of
    /// which only the status arrived, with all that the other lines might have said of it, would count.
    private static final class UnendedStream extends FilterInputStream {

        UnendedStream(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, length);
            if (read < 0) {
                throw new ConnectionClosedException("closed before the head of an answer was complete");
            }
            return read;
        }
    }
}
