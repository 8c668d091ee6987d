package dev.waybill.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// What is wrong with the deliveries of a run.
final class Findings {

    /// So many are told; a systematic fault shows in the first few.
    private static final int TOLD = 10;

    private final Run run;
    private final List<String> wrong = new ArrayList<>();

    Findings(Run run) {
        this.run = run;
    }

    void add(int number, String what) {
        wrong.add(run.id(number) + " " + what);
    }

    /// Each delivery must have one.
    void oneEach(int[] counts, String what) {
        IntStream.range(0, counts.length)
                .filter(i -> counts[i] != 1)
                .forEach(i -> add(i, "has " + counts[i] + " " + what));
    }

    /// Each delivery must have been accepted by the receiver.
    ///
    /// @return how many requests there were beyond that
    long received() {
        long repeated = 0;
        for (int i = 0; i < run.sent(); i++) {
            int accepted = run.receipts().accepted(i);
            if (accepted == 0) {
                add(i, "was not received");
            }
            repeated += Math.max(0, accepted - 1);
        }
        return repeated;
    }

    void throwIfAny() {
        if (!wrong.isEmpty()) {
            throw new IllegalStateException("%s: %d findings: %s"
                    .formatted(run.name(), wrong.size(), wrong.subList(0, Math.min(TOLD, wrong.size()))));
        }
    }
}
