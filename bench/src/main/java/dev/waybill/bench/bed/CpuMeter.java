package dev.waybill.bench.bed;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/// CPU time of processes, those that they have started included.
public final class CpuMeter {

    private final Map<String, ProcessHandle> processes = new LinkedHashMap<>();

    /// What has been used so far, by name.
    public record Reading(Map<String, Duration> used) {

        /// What was used since an earlier reading.
        public Map<String, Duration> since(Reading earlier) {
            Map<String, Duration> difference = new LinkedHashMap<>();
            used.forEach((name, now) ->
                    difference.put(name, now.minus(earlier.used().getOrDefault(name, Duration.ZERO))));
            return difference;
        }
    }

    public CpuMeter with(String name, ProcessHandle process) {
        processes.put(name, process);
        return this;
    }

    public Reading read() {
        Map<String, Duration> used = new LinkedHashMap<>();
        processes.forEach((name, process) -> used.put(name, usedBy(name, process)));
        return new Reading(used);
    }

    /// The load's own process is the parent of all others.
    private static Duration usedBy(String name, ProcessHandle process) {
        Stream<ProcessHandle> all =
                name.equals("load") ? Stream.of(process) : Stream.concat(Stream.of(process), process.descendants());
        return all.map(one -> one.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }
}
