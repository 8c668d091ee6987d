package dev.waybill.bench.load;

/// Goes through every delivery of a run by its id: received, one result, one log row.
public final class PeerCheck {

    private final Run run;
    private final ResultsTopic results;
    private final Rows log;

    public PeerCheck(String bootstrapServers, String results, String jdbcUrl, Run run) {
        this.run = run;
        this.results = new ResultsTopic(bootstrapServers, results);
        this.log = new Rows(jdbcUrl, "peer_log", run);
    }

    /// Waits until all rows are there.
    public void awaitRows() {
        log.await();
    }

    /// Goes through the run.
    ///
    /// @throws IllegalStateException that names deliveries which are not in order
    public Checked check() {
        Findings findings = new Findings(run);
        long repeated = findings.received();
        findings.oneEach(results.count(run, _ -> true), "results");
        int[] rows = new int[run.sent()];
        log.forEach("status", (number, _) -> rows[number]++);
        findings.oneEach(rows, "log rows");
        findings.throwIfAny();
        double[] millis = log.millisToCommit();
        return new Checked(repeated, millis, run.secondsBehind(millis));
    }
}
