package dev.waybill.bench.receiver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// What became of the numbered deliveries of one run, in a file that the receiver and the benchmark both map: neither
/// has to ask the other while the clock runs.
///
/// ```
///   0  long  accepted requests of all deliveries
///   8  long  refused ones
///   16 + 16 × number:  long  when the delivery was first accepted, by [MachineClock]
///                      int   how often it was accepted
///                      int   how often it was refused
/// ```
public final class Receipts {

    private static final int HEADER = 16;
    private static final int SLOT = 16;
    private static final int TOTAL_ACCEPTED = 0;
    private static final int TOTAL_REFUSED = 8;
    private static final int FIRST = 0;
    private static final int ACCEPTED = 8;
    private static final int REFUSED = 12;

    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private final ByteBuffer buffer;

    private Receipts(ByteBuffer buffer) {
        this.buffer = buffer.order(ByteOrder.nativeOrder());
    }

    /// The file of a run's receipts.
    static Path file(Path directory, String run) {
        return directory.resolve(run + ".receipts");
    }

    /// Makes the file for deliveries 0 to `deliveries - 1`.
    public static Receipts create(Path directory, String run, int deliveries) {
        return map(file(directory, run), HEADER + (long) deliveries * SLOT);
    }

    /// Opens what [#create] has made.
    static Receipts open(Path file) {
        return map(file, file.toFile().length());
    }

    private static Receipts map(Path file, long size) {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new Receipts(channel.map(FileChannel.MapMode.READ_WRITE, 0, size));
        } catch (IOException e) {
            throw new UncheckedIOException("receipts cannot be kept in " + file, e);
        }
    }

    void accept(int number, long micros) {
        LONG.compareAndSet(buffer, slot(number) + FIRST, 0L, micros);
        var _ = (int) INT.getAndAdd(buffer, slot(number) + ACCEPTED, 1);
        var _ = (long) LONG.getAndAdd(buffer, TOTAL_ACCEPTED, 1L);
    }

    void refuse(int number) {
        var _ = (int) INT.getAndAdd(buffer, slot(number) + REFUSED, 1);
        var _ = (long) LONG.getAndAdd(buffer, TOTAL_REFUSED, 1L);
    }

    public long accepted() {
        return (long) LONG.getVolatile(buffer, TOTAL_ACCEPTED);
    }

    public long refused() {
        return (long) LONG.getVolatile(buffer, TOTAL_REFUSED);
    }

    /// When a delivery was first accepted, by [MachineClock]; 0 if it was not.
    public long firstMicros(int number) {
        return (long) LONG.getVolatile(buffer, slot(number) + FIRST);
    }

    public int accepted(int number) {
        return (int) INT.getVolatile(buffer, slot(number) + ACCEPTED);
    }

    public int refused(int number) {
        return (int) INT.getVolatile(buffer, slot(number) + REFUSED);
    }

    public int size() {
        return (buffer.capacity() - HEADER) / SLOT;
    }

    private static int slot(int number) {
        return HEADER + number * SLOT;
    }
}
