package dev.waybill.bench.report;

import java.util.Arrays;
import java.util.Map;

/// Where a share of measured values ends.
public record Percentiles(double p50, double p95, double p99) {

    public static Percentiles of(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Percentiles(at(sorted, 0.50), at(sorted, 0.95), at(sorted, 0.99));
    }

    /// The smallest value that so many do not exceed.
    private static double at(double[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.ceil(sorted.length * share) - 1];
    }

    public static double median(double... values) {
        return of(values).p50();
    }

    public Map<String, Object> asMap() {
        return Map.of("p50", p50, "p95", p95, "p99", p99);
    }

    @Override
    public String toString() {
        return "%.0f / %.0f / %.0f".formatted(p50, p95, p99);
    }
}
