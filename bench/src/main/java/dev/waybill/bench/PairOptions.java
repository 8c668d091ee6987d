package dev.waybill.bench;

import picocli.CommandLine.Option;

/// What benchmarks that compare halves are told besides.
final class PairOptions {

    @Option(
            names = "--rate",
            paramLabel = "PER_SECOND",
            defaultValue = "0",
            description = "healthy deliveries asked for; without it half of what the worker can make, measured first")
    double rate;

    @Option(
            names = "--pairs",
            paramLabel = "N",
            defaultValue = "5",
            description = "pairs of an undisturbed and a disturbed half (default ${DEFAULT-VALUE})")
    int pairs;

    @Option(
            names = "--half-seconds",
            paramLabel = "S",
            defaultValue = "10",
            description = "how long a half is (default ${DEFAULT-VALUE})")
    int halfSeconds;
}
