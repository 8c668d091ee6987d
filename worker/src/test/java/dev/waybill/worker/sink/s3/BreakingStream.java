package dev.waybill.worker.sink.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// Gives so many bytes and fails then, as a disk can.
final class BreakingStream extends FilterInputStream {

    private long left;

    BreakingStream(InputStream in, long left) {
        super(in);
        this.left = left;
    }

    @Override
    public int read() throws IOException {
        spend(1);
        return super.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        spend(1);
        int read = super.read(bytes, offset, (int) Math.min(length, left + 1));
        left -= Math.max(0, read - 1);
        return read;
    }

    @Override
    public long skip(long n) throws IOException {
        long skipped = super.skip(Math.min(n, left));
        left -= skipped;
        return skipped;
    }

    private void spend(int bytes) throws IOException {
        if (left < bytes) {
            throw new IOException("the disk is broken");
        }
        left -= bytes;
    }
}
