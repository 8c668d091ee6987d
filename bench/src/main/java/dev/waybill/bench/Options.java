package dev.waybill.bench;

import dev.waybill.bench.bed.TestBed;
import dev.waybill.bench.load.Pace;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Option;

/// What every benchmark is told.
final class Options {

    private static final int QUICK_DELIVERIES = 2_000;
    private static final int QUICK_WARM_UP = 500;

    @Option(names = "--quick", description = "a small run, to see that it works; its figures say nothing")
    boolean quick;

    @Option(
            names = "--deliveries",
            paramLabel = "N",
            defaultValue = "400000",
            description = "deliveries of a measured run at most (default ${DEFAULT-VALUE})")
    int deliveries;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "60",
            description = "a measured run sends no longer than this (default ${DEFAULT-VALUE})")
    int seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "300000",
            description = "deliveries before, so that the JIT does not decide (default ${DEFAULT-VALUE})")
    int warmUp;

    @Option(
            names = "--outstanding",
            paramLabel = "N",
            defaultValue = "10000",
            description = "deliveries on their way where nothing limits the rate (default ${DEFAULT-VALUE})")
    int outstanding;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            defaultValue = "target/bench",
            description = "where the JSON and the logs go (default ${DEFAULT-VALUE})")
    Path out = Path.of("target", "bench");

    /// An empty test bed, in place of the one an earlier run has left.
    TestBed startBed(String benchmark) {
        return TestBed.start(out.resolve(benchmark));
    }

    Pace.Bounds measured() {
        return new Pace.Bounds(quick ? QUICK_DELIVERIES : deliveries, Duration.ofSeconds(seconds));
    }

    Pace.Bounds warmUp() {
        return new Pace.Bounds(quick ? QUICK_WARM_UP : warmUp, Duration.ofSeconds(2L * seconds));
    }

    Pace saturating() {
        return new Pace.Saturating(outstanding);
    }
}
