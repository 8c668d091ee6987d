package dev.waybill.bench.receiver;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Books every request under the run and number that its delivery id names.
final class Ledger {

    private static final int HUNDRED = 100;

    /// Spreads the deliveries that fail over organizations and destinations, which go by number too.
    private static final int SPREAD = 0x9E3779B9;

    private final Path directory;
    private final Map<String, Receipts> runs = new ConcurrentHashMap<>();

    Ledger(Path directory) {
        this.directory = directory;
    }

    /// Whether this request is accepted; books it. Of a hundred deliveries so many have their first one refused.
    boolean accepts(String id, int failing) {
        if (isNoDelivery(id)) {
            return true;
        }
        int number = number(id);
        Receipts receipts = receipts(id);
        if (isAmong(failing, number) && receipts.refused(number) == 0) {
            receipts.refuse(number);
            return false;
        }
        receipts.accept(number, MachineClock.micros());
        return true;
    }

    private static boolean isAmong(int ofHundred, int number) {
        return ofHundred > 0 && ((number * SPREAD) >>> 8) % HUNDRED < ofHundred;
    }

    void refuse(String id) {
        if (!isNoDelivery(id)) {
            receipts(id).refuse(number(id));
        }
    }

    /// A worker asks a destination that has been left alone whether it answers: a request without a delivery.
    private static boolean isNoDelivery(String id) {
        return id.indexOf('-') < 0;
    }

    private Receipts receipts(String id) {
        String run = id.substring(0, id.lastIndexOf('-'));
        Receipts known = runs.get(run);
        return known != null ? known : runs.computeIfAbsent(run, name -> Receipts.open(Receipts.file(directory, name)));
    }

    private static int number(String id) {
        return Integer.parseInt(id, id.lastIndexOf('-') + 1, id.length(), 10);
    }
}
