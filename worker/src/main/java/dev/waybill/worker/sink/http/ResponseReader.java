package dev.waybill.worker.sink.http;

import dev.waybill.topology.model.Bytes;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.message.MessageSupport;

/// Reads one answer. Its status decides; its body is read only to show its beginning and to free the
/// connection, so that nothing which happens to the body changes the outcome.
final class ResponseReader {

    /// An honest answer to a delivery is short. What is longer is not read: the connection is closed instead.
    private static final int BODY_MAX = 64 * 1024;

    private static final int CHUNK = 4_096;

    /// 100, 102 and 103 may come before the answer, but not for ever.
    private static final int INTERIM_MAX = 8;

    private static final byte[] NOTHING = {};

    private final HttpConnection connection;
    private final HttpCall call;
    private boolean reusable;

    ResponseReader(HttpConnection connection, HttpCall call) {
        this.connection = connection;
        this.call = call;
    }

    /// Whether the connection is at the beginning of the next answer.
    boolean reusable() {
        return reusable;
    }

    Answer read() throws IOException, HttpException {
        ClassicHttpResponse response = head();
        Bytes body = Bytes.of(NOTHING);
        boolean complete = true;
        if (MessageSupport.canResponseHaveBody(call.method(), response)) {
            connection.receiveResponseEntity(response);
            HttpEntity entity = response.getEntity();
            if (entity != null && call.download() != null && response.getCode() == HttpStatus.SC_OK) {
                complete = isFramed(entity) && download(call.download(), entity);
            } else if (entity != null) {
                Body read = beginning(entity.getContent(), call.keepBody());
                body = read.start();
                complete = read.complete() && isFramed(entity);
            }
        }
        reusable = complete && staysOpen(response);
        return Answer.of(response.getCode(), response.getHeaders(), body);
    }

    private ClassicHttpResponse head() throws IOException, HttpException {
        for (int i = 0; i < INTERIM_MAX; i++) {
            ClassicHttpResponse response = connection.receiveResponseHeader();
            if (response.getCode() >= HttpStatus.SC_OK || response.getCode() == HttpStatus.SC_SWITCHING_PROTOCOLS) {
                return response;
            }
        }
        throw new ProtocolException("interim responses only");
    }

    /// Whether the end of the body can be told from the end of the connection.
    private static boolean isFramed(HttpEntity entity) {
        return entity.isChunked() || entity.getContentLength() >= 0;
    }

    private static boolean download(HttpCall.Download download, HttpEntity entity) throws IOException {
        download.take(entity.getContent());
        return true;
    }

    /// What was read of a body.
    ///
    /// @param complete whether it ended there
    record Body(Bytes start, boolean complete) {}

    /// Reads a body, keeps its beginning, and gives up when it is too long.
    static Body beginning(InputStream content, int keep) {
        byte[] start = new byte[keep];
        byte[] chunk = NOTHING;
        int total = 0;
        try {
            // Not closed: closing would read an endless body to its end.
            while (total < BODY_MAX) {
                int read;
                if (total < keep) {
                    read = content.read(start, total, keep - total);
                } else {
                    chunk = chunk.length == 0 ? new byte[CHUNK] : chunk;
                    read = content.read(chunk);
                }
                if (read < 0) {
                    return new Body(Bytes.of(Arrays.copyOf(start, Math.min(total, keep))), true);
                }
                total += read;
            }
        } catch (IOException e) {
            // Cut off or out of time: the status has been read, and counts.
            return new Body(Bytes.of(Arrays.copyOf(start, Math.min(total, keep))), false);
        }
        return new Body(Bytes.of(start), false);
    }

    private static boolean staysOpen(ClassicHttpResponse response) {
        Header connection = response.getFirstHeader("Connection");
        return response.getCode() != HttpStatus.SC_SWITCHING_PROTOCOLS
                && response.getVersion() != null
                && response.getVersion().greaterEquals(HttpVersion.HTTP_1_1)
                && (connection == null
                        || !connection.getValue().toLowerCase(Locale.ROOT).contains("close"));
    }
}
