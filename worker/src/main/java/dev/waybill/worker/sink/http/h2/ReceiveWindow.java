package dev.waybill.worker.sink.http.h2;

/// How much the other side may send before what it has sent was used.
final class ReceiveWindow {

    private final int size;
    private int left;
    private int used;

    ReceiveWindow(int size) {
        this.size = size;
        this.left = size;
    }

    int size() {
        return size;
    }

    /// Takes what came in; false if it was more than allowed.
    boolean take(int length) {
        left -= length;
        return left >= 0;
    }

    /// Some of it was used.
    ///
    /// @return how much to allow anew; 0 while it is too little to be worth a frame
    int use(int length) {
        used += length;
        if (used < size / 2) {
            return 0;
        }
        int allowed = used;
        left += allowed;
        used = 0;
        return allowed;
    }
}
