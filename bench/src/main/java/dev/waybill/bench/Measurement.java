package dev.waybill.bench;

import dev.waybill.bench.bed.CpuMeter;
import dev.waybill.bench.bed.TestBed;
import dev.waybill.bench.load.Checked;
import dev.waybill.bench.load.Load;
import dev.waybill.bench.load.Pace;
import dev.waybill.bench.load.Run;
import dev.waybill.bench.receiver.Behaviour;
import dev.waybill.bench.report.Percentiles;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One checked run of one contender.
///
/// @param sent       deliveries, each verified by its id
/// @param perSecond  receipts in the steady part of the run
/// @param cpuMillis  CPU per delivery, by process, from the first append until the last row is there
/// @param toReceipt  milliseconds from append
/// @param toRow      milliseconds from append to the commit of the row
/// @param rowsBehind seconds from the last receipt to the last row
record Measurement(
        String contender,
        Behaviour behaviour,
        int sent,
        double perSecond,
        Map<String, Double> cpuMillis,
        Percentiles toReceipt,
        Percentiles toRow,
        double rowsBehind,
        long repeated) {

    static final List<String> COLUMNS = List.of(
            "system",
            "receiver",
            "deliveries",
            "per second",
            "CPU ms",
            "broker",
            "postgres",
            "receiver",
            "to receipt ms",
            "to row ms",
            "rows behind s",
            "repeated");

    private static int runs;

    /// Sends a run and checks it.
    static Measurement take(
            TestBed bed, Load load, Contender contender, Behaviour behaviour, Pace pace, Pace.Bounds bounds) {
        var requests = contender.requests(behaviour);
        Run run = Run.create(bed.receipts(), "r" + runs++, bounds.deliveries());
        CpuMeter meter = bed.cpu().with("system", contender.process().handle());
        CpuMeter.Reading before = meter.read();
        load.send(run, requests, pace, bounds);
        contender.awaitRows(run);
        Map<String, Double> cpu = new LinkedHashMap<>();
        meter.read().since(before).forEach((name, used) -> cpu.put(name, millis(used) / run.sent()));
        Checked checked = contender.check(run);
        return new Measurement(
                contender.name(),
                behaviour,
                run.sent(),
                run.perSecond(),
                cpu,
                Percentiles.of(run.millisToReceipt()),
                Percentiles.of(checked.millisToRow()),
                checked.rowsBehind(),
                checked.repeated());
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }

    List<String> line() {
        return List.of(
                contender,
                behaviour.path(),
                String.valueOf(sent),
                format("%.0f", perSecond),
                cpu("system"),
                cpu("broker"),
                cpu("postgres"),
                cpu("receiver"),
                toReceipt.toString(),
                toRow.toString(),
                format("%.1f", rowsBehind),
                String.valueOf(repeated));
    }

    private String cpu(String process) {
        return format("%.3f", cpuMillis.getOrDefault(process, Double.NaN));
    }

    private static String format(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("system", contender);
        values.put("receiver", behaviour.path());
        values.put("deliveries", sent);
        values.put("perSecond", perSecond);
        values.put("cpuMillisPerDelivery", cpuMillis);
        values.put("millisToReceipt", toReceipt.asMap());
        values.put("millisToRow", toRow.asMap());
        values.put("rowsBehindSeconds", rowsBehind);
        values.put("repeated", repeated);
        return values;
    }
}
