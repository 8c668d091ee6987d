package dev.waybill.worker.sink.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/// A disk that fails once where it is told to, or takes its time.
final class ScriptedDisk implements Disk {

    /// A step of writing.
    enum Step {
        WRITE_DATA,
        WRITE_INDEX,
        FLUSH_DATA,
        FLUSH_INDEX,
        FLUSH_DIRECTORY;

        static Step writing(Part part) {
            return part == Part.DATA ? WRITE_DATA : WRITE_INDEX;
        }

        static Step flushing(Part part) {
            return switch (part) {
                case DATA -> FLUSH_DATA;
                case INDEX -> FLUSH_INDEX;
                case DIRECTORY -> FLUSH_DIRECTORY;
            };
        }
    }

    /// As after a power failure: nothing more is done.
    static final class PowerFailure extends Error {
        private static final long serialVersionUID = 1;
    }

    static final CountDownLatch NOBODY = new CountDownLatch(0);

    private Set<Step> failing = EnumSet.noneOf(Step.class);
    private boolean power = true;
    private boolean losesPower;

    /// Until then the next flush of data lasts; and when it has begun.
    volatile CountDownLatch until = NOBODY;

    volatile CountDownLatch begun = NOBODY;

    /// Fails the first of these steps that comes, half done.
    synchronized void failNext(Step first, Step... others) {
        failing = EnumSet.of(first, others);
    }

    /// Loses power in that step.
    synchronized void losePowerIn(Step step) {
        failing = EnumSet.of(step);
        losesPower = true;
    }

    @Override
    public void write(Part part, FileChannel channel, ByteBuffer bytes) throws IOException {
        if (fails(Step.writing(part))) {
            int half = bytes.position() + bytes.remaining() / 2;
            Disk.super.write(part, channel, bytes.slice(bytes.position(), half - bytes.position()));
            fail("No space left on device");
        }
        Disk.super.write(part, channel, bytes);
    }

    @Override
    public void flush(Part part, FileChannel channel) throws IOException {
        if (fails(Step.flushing(part))) {
            fail("Input/output error");
        }
        if (part == Part.DATA) {
            begun.countDown();
            try {
                until.await();
            } catch (InterruptedException e) {
                // As a channel does.
                channel.close();
                Thread.currentThread().interrupt();
                throw new java.nio.channels.ClosedByInterruptException();
            }
        }
        Disk.super.flush(part, channel);
    }

    private synchronized boolean fails(Step step) {
        if (!power) {
            throw new PowerFailure();
        }
        boolean fails = failing.contains(step);
        if (fails) {
            failing = EnumSet.noneOf(Step.class);
        }
        return fails;
    }

    private synchronized void fail(String how) throws IOException {
        if (losesPower) {
            power = false;
            throw new PowerFailure();
        }
        throw new IOException(how);
    }
}
