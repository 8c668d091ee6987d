package dev.waybill.worker.sink.http;

import dev.waybill.worker.sink.Content;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;

/// A request's body. It may be written again: on a second connection if the first one breaks.
final class ContentEntity extends AbstractHttpEntity {

    private final Content content;

    ContentEntity(Content content) {
        // No type here: the call's headers have it.
        super((ContentType) null, null, false);
        this.content = content;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        content.writeTo(out);
    }

    @Override
    public boolean isRepeatable() {
        return true;
    }

    @Override
    public long getContentLength() {
        return content.size();
    }

    @Override
    public InputStream getContent() throws IOException {
        return content.open();
    }

    @Override
    public boolean isStreaming() {
        return false;
    }

    @Override
    public void close() {}
}
