package dev.waybill.bench;

import dev.waybill.bench.report.Percentiles;
import dev.waybill.bench.report.Report;
import dev.waybill.bench.smtp.LibraryLoop;
import dev.waybill.bench.smtp.MailContender;
import dev.waybill.bench.smtp.SinkServer;
import dev.waybill.bench.smtp.SmtpSource;
import dev.waybill.bench.smtp.WaybillSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// What sending e-mail through kept connections costs.
@Command(
        name = "smtp",
        description =
                "The SMTP sink without Kafka, Postfix's smtp-source and a plain loop of Angus Mail in turn, each into"
                        + " Postfix's smtp-sink. Needs the package postfix.")
final class SmtpCommand implements Callable<Integer> {

    private static final int QUICK_MESSAGES = 200;

    @Option(names = "--quick", description = "a small run, to see that it works; its figures say nothing")
    private boolean quick;

    @Option(
            names = "--messages",
            paramLabel = "N",
            defaultValue = "5000",
            description = "in each turn (default ${DEFAULT-VALUE})")
    private int messages;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "40000",
            description = "messages that each sends before (default ${DEFAULT-VALUE})")
    private int warmUp;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "turns of each; figures are medians (default ${DEFAULT-VALUE})")
    private int rounds;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "16",
            description = "at a time (default ${DEFAULT-VALUE})")
    private int connections;

    @Option(
            names = "--bytes",
            paramLabel = "N",
            defaultValue = "1024",
            description = "of a message's text (default ${DEFAULT-VALUE})")
    private int bytes;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            defaultValue = "target/bench",
            description = "where the JSON goes (default ${DEFAULT-VALUE})")
    private Path out = Path.of("target", "bench");

    private final Report report = new Report("smtp", List.of("who", "per second", "to the better peer"));

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!SinkServer.isInstalled()) {
            System.err.println("smtp-sink and smtp-source are missing: apt-get install postfix");
            return 1;
        }
        try (SinkServer server = SinkServer.start();
                MailContender waybill = new WaybillSink(server.port(), connections, text());
                MailContender source = new SmtpSource(server.port(), connections, bytes);
                MailContender loop = new LibraryLoop(server.port(), connections, text())) {
            List<MailContender> all = List.of(waybill, source, loop);
            Map<String, List<Double>> rates = new LinkedHashMap<>();
            for (MailContender one : all) {
                one.send(quick ? QUICK_MESSAGES : warmUp);
            }
            for (int round = 0; round < (quick ? 1 : rounds); round++) {
                for (MailContender one : all) {
                    rates.computeIfAbsent(one.name(), _ -> new ArrayList<>()).add(measure(one));
                }
            }
            tell(rates, waybill.name());
        }
        report.print();
        report.write(out);
        return 0;
    }

    private double measure(MailContender contender) throws InterruptedException {
        int count = quick ? QUICK_MESSAGES : messages;
        long start = System.nanoTime();
        contender.send(count);
        return count / ((System.nanoTime() - start) / 1e9);
    }

    private void tell(Map<String, List<Double>> rates, String ours) {
        double better = rates.entrySet().stream()
                .filter(one -> !one.getKey().equals(ours))
                .mapToDouble(one -> median(one.getValue()))
                .max()
                .orElseThrow();
        rates.forEach((name, all) -> {
            double rate = median(all);
            report.add(
                    List.of(
                            name,
                            String.format(Locale.ROOT, "%.0f", rate),
                            String.format(Locale.ROOT, "%.2f", rate / better)),
                    Map.of("who", name, "perSecond", rate, "all", all, "toBetterPeer", rate / better));
        });
        double own = median(rates.getOrDefault(ours, List.of()));
        rates.forEach((name, all) -> {
            if (!name.equals(ours)) {
                report.summarize(ours + " / " + name, own / median(all));
            }
        });
        report.summarize(ours + " / the better", own / better);
    }

    private static double median(List<Double> values) {
        return Percentiles.median(
                values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /// Lines of ASCII.
    private String text() {
        StringBuilder text = new StringBuilder(bytes + 80);
        while (text.length() < bytes) {
            text.append("Lines of a report that says nothing in particular, over and over again.\r\n");
        }
        return text.substring(0, bytes);
    }
}
