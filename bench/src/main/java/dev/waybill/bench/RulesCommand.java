package dev.waybill.bench;

import dev.waybill.bench.bed.TestBed;
import dev.waybill.bench.report.Report;
import dev.waybill.bench.rules.ResolveLimit;
import dev.waybill.bench.rules.RouterLimit;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// What default-destination rules cost.
@Command(
        name = "rules",
        description = "Resolving among 10, 100 and 5 000 rules (JMH), and a router with the rules of 100 000"
                + " organizations: its memory, its start, its CPU with rules and without.")
final class RulesCommand implements Callable<Integer> {

    private static final int QUICK_ORGANIZATIONS = 1_000;
    private static final int QUICK_REQUESTS = 5_000;
    private static final int FEW = 10;
    private static final int MANY = 5_000;

    @Option(names = "--quick", description = "a small run, to see that it works; its figures say nothing")
    private boolean quick;

    @Option(
            names = "--parts",
            split = ",",
            paramLabel = "PART",
            defaultValue = "resolve,router",
            description = "which to measure (default ${DEFAULT-VALUE})")
    private Set<String> parts = Set.of();

    @Option(
            names = "--organizations",
            paramLabel = "N",
            defaultValue = "100000",
            description = "with 10 rules each (default ${DEFAULT-VALUE})")
    private int organizations;

    @Option(
            names = "--requests",
            paramLabel = "N",
            defaultValue = "150000",
            description = "routed in each turn; figures are of the median one (default ${DEFAULT-VALUE})")
    private int requests;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            defaultValue = "target/bench",
            description = "where the JSON and the logs go (default ${DEFAULT-VALUE})")
    private Path out = Path.of("target", "bench");

    private final Report report = new Report("rules", List.of("what", "figure", "unit"));

    @Override
    public Integer call() {
        double few = Double.NaN;
        if (parts.contains("resolve")) {
            few = resolve();
        }
        if (parts.contains("router")) {
            router(few);
        }
        report.print();
        report.write(out);
        return 0;
    }

    /// @return nanoseconds among few rules
    private double resolve() {
        List<ResolveLimit.Measured> all = ResolveLimit.measure(quick);
        for (ResolveLimit.Measured one : all) {
            add("resolve among " + one.rules() + " rules", one.nanos(), "ns, at least " + format("%.0f", one.least()));
            add("allocated among " + one.rules() + " rules", one.bytes(), "bytes");
        }
        double few = nanos(all, FEW);
        report.summarize("5 000 rules / 10 rules", nanos(all, MANY) / few);
        return few;
    }

    private static double nanos(List<ResolveLimit.Measured> all, int rules) {
        return all.stream()
                .filter(one -> one.rules() == rules)
                .findFirst()
                .orElseThrow()
                .nanos();
    }

    private void router(double resolveNanos) {
        try (TestBed bed = TestBed.start(out.resolve("rules"))) {
            RouterLimit.Measured measured = RouterLimit.measure(
                    bed, quick ? QUICK_ORGANIZATIONS : organizations, quick ? QUICK_REQUESTS : requests);
            add("heap of a rule, its record included", measured.bytesOfRule(), "bytes");
            add("… once its organization was asked for", measured.bytesIndexed(), "bytes");
            add("its record on the topic", measured.bytesRecord(), "bytes");
            add("a plain consumer reads", measured.consumed(), "rules/s");
            add("decoded and applied without Kafka", measured.decoded(), "rules/s");
            add("a starting router applies", measured.restored(), "rules/s");
            add("from its start until all is read", measured.startSeconds(), "s");
            routing("a named destination", measured.named());
            routing("10 rules", measured.byRules());
            report.summarize("router / plain consumer", measured.ratio());
            if (!Double.isNaN(resolveNanos)) {
                report.summarize(
                        "resolving among 10 rules, % of the CPU of routing",
                        100 * resolveNanos / 1e3 / measured.byRules().micros());
            }
        }
    }

    private void routing(String by, RouterLimit.Routing routing) {
        add("routing by " + by, routing.perSecond(), "requests/s");
        add("CPU of routing by " + by, routing.micros(), "µs");
    }

    private void add(String what, double figure, String unit) {
        report.add(
                List.of(what, format(figure < 100 ? "%.1f" : "%.0f", figure), unit),
                Map.of("what", what, "figure", figure, "unit", unit));
    }

    private static String format(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
