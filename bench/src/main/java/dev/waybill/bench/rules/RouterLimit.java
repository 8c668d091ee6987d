package dev.waybill.bench.rules;

import dev.waybill.bench.bed.ForkedJvm;
import dev.waybill.bench.bed.Installation;
import dev.waybill.bench.bed.TestBed;
import dev.waybill.bench.report.Percentiles;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// The router alone, in a process of its own, with the rules of very many organizations.
public final class RouterLimit {

    /// A million rules, what they are read from, and room to collect rarely.
    private static final String HEAP = "-Xmx8g";

    private static final Duration RUN_MAX = Duration.ofMinutes(20);

    private RouterLimit() {}

    /// What it came to.
    ///
    /// @param rules          of all organizations
    /// @param bytesOfRule    heap that each needs until its organization is asked for, the record itself included
    /// @param bytesIndexed   once every organization was asked for
    /// @param bytesRecord    of its key and value on the topic
    /// @param consumed       rules a second that a plain consumer reads
    /// @param decoded        rules a second that are decoded and put into the view, without Kafka
    /// @param restored       rules a second that a starting router reads
    /// @param ratio          of that to the plain consumer, in turn with it
    /// @param startSeconds   from its start until it has read its configuration
    /// @param named          routing of requests that name their destination
    /// @param byRules        routing of requests that are resolved by rules
    public record Measured(
            int rules,
            double bytesOfRule,
            double bytesIndexed,
            double bytesRecord,
            double consumed,
            double decoded,
            double restored,
            double ratio,
            double startSeconds,
            Routing named,
            Routing byRules) {}

    /// What a turn of requests came to.
    ///
    /// @param micros CPU of the stream thread for each request
    public record Routing(double perSecond, double micros) {

        static Routing median(List<Routing> turns) {
            return new Routing(
                    Percentiles.median(
                            turns.stream().mapToDouble(Routing::perSecond).toArray()),
                    Percentiles.median(
                            turns.stream().mapToDouble(Routing::micros).toArray()));
        }
    }

    /// Measures it on a test bed.
    public static Measured measure(TestBed bed, int organizations, int requests) {
        Installation installation = Installation.create(bed, "rules", Map.of());
        try (ForkedJvm process = ForkedJvm.start(
                "router",
                bed.directory(),
                List.of(HEAP),
                System.getProperty("java.class.path"),
                RouterProcess.class.getName(),
                bed.bootstrapServers(),
                bed.registryUrl(),
                installation.topics().prefix(),
                bed.directory().resolve("router-state").toString(),
                String.valueOf(organizations),
                String.valueOf(requests))) {
            String line = process.await(Pattern.compile("^measured (.*)$", Pattern.MULTILINE), RUN_MAX)
                    .group(1);
            double[] figures = Arrays.stream(line.split(" "))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
            return new Measured(
                    (int) figures[0],
                    figures[1],
                    figures[2],
                    figures[3],
                    figures[4],
                    figures[5],
                    figures[6],
                    figures[7],
                    figures[8],
                    new Routing(figures[9], figures[10]),
                    new Routing(figures[11], figures[12]));
        }
    }

    /// What [#measure] reads.
    static String line(Measured measured) {
        double[] figures = {
            measured.rules(),
            measured.bytesOfRule(),
            measured.bytesIndexed(),
            measured.bytesRecord(),
            measured.consumed(),
            measured.decoded(),
            measured.restored(),
            measured.ratio(),
            measured.startSeconds(),
            measured.named().perSecond(),
            measured.named().micros(),
            measured.byRules().perSecond(),
            measured.byRules().micros()
        };
        StringBuilder line = new StringBuilder("measured");
        for (double figure : figures) {
            line.append(String.format(Locale.ROOT, " %.3f", figure));
        }
        return line.toString();
    }
}
