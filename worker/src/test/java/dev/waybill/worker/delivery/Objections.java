package dev.waybill.worker.delivery;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Objects at once when a promise is broken, and again whenever it is asked: whoever broke it may have caught the first
/// objection.
final class Objections {

    private @Nullable AssertionError first;

    void check(boolean holds, Supplier<String> broken) {
        if (!holds) {
            AssertionError objection = new AssertionError(broken.get());
            first = first == null ? objection : first;
            throw objection;
        }
    }

    void verify() {
        if (first != null) {
            throw first;
        }
    }
}
