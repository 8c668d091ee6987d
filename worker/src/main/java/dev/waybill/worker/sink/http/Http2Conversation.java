package dev.waybill.worker.sink.http;

import dev.waybill.topology.model.Bytes;
import dev.waybill.worker.sink.http.HttpResult.Answer;
import dev.waybill.worker.sink.http.HttpResult.NoAnswer;
import dev.waybill.worker.sink.http.HttpResult.Reply;
import dev.waybill.worker.sink.http.h2.Http2Stream;
import dev.waybill.worker.sink.http.h2.RequestHead;
import java.io.IOException;
import java.util.List;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpStatus;

/// One request and its answer over HTTP/2, beside others on the same connection.
final class Http2Conversation {

    private final HttpCall call;
    private final Progress progress;

    Http2Conversation(HttpCall call, Progress progress) {
        this.call = call;
        this.progress = progress;
    }

    Reply on(Http2Link link) throws IOException, InterruptedException {
        progress.sendOn(link);
        long began = System.nanoTime();
        Http2Stream stream = link.connection().open(headers(), call.body(), call.download() != null);
        // What was not sent when it is closed never will be: only then its stage is certain.
        try (stream) {
            stream.send();
            if (!stream.awaitHead(call.timeouts().firstByte())) {
                return new NoAnswer(TransportFaults.noFirstByte());
            }
            progress.clock.firstByte(stream.sentAt() == 0 ? began : stream.sentAt());
            return new Answer(stream.status(), stream.headers(), body(stream));
        } finally {
            progress.bytesSent = stream.bytesSent();
            if (stream.mayBeProcessed()) {
                progress.stage = Stage.ANSWERING;
            }
        }
    }

    private List<Header> headers() {
        HttpTarget target = call.target();
        long length = call.body() == null ? -1 : call.body().size();
        return RequestHead.of(call.method(), target.authority(), target.path(), call.headers(), length);
    }

    private Bytes body(Http2Stream stream) throws IOException {
        if (call.download() != null && stream.status() == HttpStatus.SC_OK) {
            call.download().take(stream.body());
            return Bytes.of(new byte[0]);
        }
        return ResponseReader.beginning(stream.body(), call.keepBody()).start();
    }
}
