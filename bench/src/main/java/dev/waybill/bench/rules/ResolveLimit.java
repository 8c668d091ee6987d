package dev.waybill.bench.rules;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Runs [ResolveBenchmark] in JVMs of their own, set up as a worker's.
public final class ResolveLimit {

    private static final List<String> JVM = List.of(
            "-Xmx2g", "-XX:+UseParallelGC", "-XX:+UseCompactObjectHeaders", "--sun-misc-unsafe-memory-access=allow");
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private ResolveLimit() {}

    /// What resolving came to.
    ///
    /// @param rules of the organization
    /// @param nanos of the median iteration: what else the machine does now and then is not in it
    /// @param least of the fastest iteration
    /// @param bytes allocated each time
    public record Measured(int rules, double nanos, double least, double bytes) {}

    /// Measures each number of rules.
    public static List<Measured> measure(boolean quick) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(ResolveBenchmark.class.getName())
                .addProfiler(GCProfiler.class)
                .jvmArgs(JVM.toArray(String[]::new))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .forks(quick ? 1 : 3)
                .warmupIterations(quick ? 1 : 5)
                .warmupTime(TimeValue.milliseconds(quick ? 200 : 1_000))
                .measurementIterations(quick ? 1 : 5)
                .measurementTime(TimeValue.milliseconds(quick ? 200 : 1_000));
        try {
            Collection<RunResult> results = new Runner(options.build()).run();
            List<Measured> measured = new ArrayList<>();
            for (RunResult result : results) {
                measured.add(new Measured(
                        Integer.parseInt(result.getParams().getParam("rules")),
                        result.getPrimaryResult().getStatistics().getPercentile(50),
                        result.getPrimaryResult().getStatistics().getMin(),
                        Objects.requireNonNull(result.getSecondaryResults().get(ALLOCATED))
                                .getScore()));
            }
            return measured;
        } catch (RunnerException e) {
            throw new IllegalStateException("the JMH benchmark did not run", e);
        }
    }
}
