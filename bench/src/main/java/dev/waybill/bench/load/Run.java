package dev.waybill.bench.load;

import dev.waybill.bench.receiver.MachineClock;
import dev.waybill.bench.receiver.Receipts;
import java.nio.file.Path;
import java.util.stream.IntStream;

/// Numbered deliveries that are sent, and when. Filled by the thread that sends; read when it is done.
public final class Run {

    private static final double RAMP_UP = 0.05;
    private static final double TAIL = 0.10;

    private final String name;
    private final long[] sentMicros;
    private final Receipts receipts;
    private final long toEpoch = MachineClock.toEpoch();
    private int sent;

    private Run(String name, int capacity, Receipts receipts) {
        this.name = name;
        this.sentMicros = new long[capacity];
        this.receipts = receipts;
    }

    /// A run that nothing was sent of yet.
    ///
    /// @param name     unique in a test bed, without a `-`
    /// @param capacity deliveries at most
    public static Run create(Path receipts, String name, int capacity) {
        return new Run(name, capacity, Receipts.create(receipts, name, capacity));
    }

    public String name() {
        return name;
    }

    public String id(int number) {
        return name + "-" + number;
    }

    /// The number in the id of one of this run's deliveries; -1 for another's.
    public int number(String id) {
        return id.startsWith(name + "-") ? Integer.parseInt(id, name.length() + 1, id.length(), 10) : -1;
    }

    /// Takes the next number; its delivery is sent now.
    int next() {
        sentMicros[sent] = MachineClock.micros();
        return sent++;
    }

    public int sent() {
        return sent;
    }

    /// When a delivery was sent, in epoch microseconds.
    public long sentMicros(int number) {
        return sentMicros[number] + toEpoch;
    }

    public Receipts receipts() {
        return receipts;
    }

    /// Receipts per second while the pipeline was full: without the first ones, nor the last, some of which are
    /// retries.
    public double perSecond() {
        long[] times = IntStream.range(0, sent)
                .mapToLong(receipts::firstMicros)
                .sorted()
                .toArray();
        int from = (int) (sent * RAMP_UP);
        int to = (int) (sent * (1 - TAIL));
        return (to - from) / ((times[to] - times[from]) / 1e6);
    }

    /// From append to receipt, in milliseconds, of all that were accepted.
    public double[] millisToReceipt() {
        return IntStream.range(0, sent)
                .filter(i -> receipts.accepted(i) > 0)
                .mapToDouble(i -> (receipts.firstMicros(i) - sentMicros[i]) / 1e3)
                .toArray();
    }

    /// How long after the last receipt the last of these times is.
    ///
    /// @param millis since each delivery was sent
    double secondsBehind(double[] millis) {
        long lastReceipt =
                IntStream.range(0, sent).mapToLong(receipts::firstMicros).max().orElse(0);
        double last = IntStream.range(0, sent)
                .mapToDouble(i -> sentMicros[i] + millis[i] * 1e3)
                .max()
                .orElse(0);
        return (last - lastReceipt) / 1e6;
    }
}
