package dev.waybill.worker.sink.aws;

import dev.waybill.worker.sink.Content;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;

/// Bytes on their way through the SDK, read anew each time: for a signature, and for the connection.
public final class SdkBody {

    private SdkBody() {}

    /// The SDK's view of our bytes.
    public static RequestBody of(Content content, String contentType) {
        return RequestBody.fromContentProvider(() -> opened(content), content.size(), contentType);
    }

    private static InputStream opened(Content content) {
        try {
            return new Read(content.open());
        } catch (IOException e) {
            throw new UncheckedIOException(new NotReadException(e));
        }
    }

    /// Our view of the SDK's bytes.
    record Given(ContentStreamProvider provider, long size) implements Content {
        @Override
        public InputStream open() throws IOException {
            try {
                return provider.newStream();
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }
    }

    /// Our own bytes cannot be read; told from what the SDK or a connection fails with.
    static final class NotReadException extends IOException {
        private static final long serialVersionUID = 1;

        NotReadException(IOException cause) {
            super(cause);
        }
    }

    private static final class Read extends FilterInputStream {

        Read(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            try {
                return super.read();
            } catch (IOException e) {
                throw new NotReadException(e);
            }
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return super.read(bytes, offset, length);
            } catch (IOException e) {
                throw new NotReadException(e);
            }
        }
    }
}
