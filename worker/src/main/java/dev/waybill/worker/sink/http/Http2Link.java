package dev.waybill.worker.sink.http;

import dev.waybill.worker.pool.Shareable;
import dev.waybill.worker.sink.http.h2.Http2Connection;
import java.time.Duration;
import javax.net.ssl.SSLSession;

/// An HTTP/2 connection as the pool sees it.
record Http2Link(Http2Connection connection) implements Link, Shareable {

    @Override
    public String remoteAddress() {
        return connection.remoteAddress();
    }

    @Override
    public SSLSession session() {
        return connection.session();
    }

    @Override
    public int capacity() {
        return connection.capacity();
    }

    @Override
    public boolean isOver() {
        return connection.isOver();
    }

    /// It is asked in the background, by the sweeps: what it has not answered by the next one counts.
    @Override
    public boolean isUsable(Duration idle) {
        return connection.isUsable();
    }

    @Override
    public void tend() {
        boolean _ = connection.tend();
    }

    @Override
    public void discard() {
        connection.discard();
    }
}
