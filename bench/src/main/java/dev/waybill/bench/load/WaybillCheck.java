package dev.waybill.bench.load;

import dev.waybill.avro.DeliveryResult;
import dev.waybill.bench.bed.Installation;

/// Goes through every delivery of a run by its id: received, one result, and rows that say so.
public final class WaybillCheck {

    private static final int NO_CONTENT = 204;

    private final WaybillRequests requests;
    private final Run run;
    private final ResultsTopic results;
    private final Rows deliveries;
    private final Rows logs;

    public WaybillCheck(Installation installation, WaybillRequests requests, Run run) {
        this.requests = requests;
        this.run = run;
        this.results = new ResultsTopic(
                installation.bed().bootstrapServers(), installation.topics().results());
        this.deliveries = new Rows(installation.jdbcUrl(), "deliveries", run);
        this.logs = new Rows(installation.jdbcUrl(), "delivery_logs", run);
    }

    /// Waits until the projector has nothing left to do.
    public void awaitRows() {
        deliveries.await();
    }

    /// Goes through the run. A result is committed together with the event that its row comes from, so when the rows
    /// are there, so are the results.
    ///
    /// @throws IllegalStateException that names deliveries which are not in order
    public Checked check() {
        Findings findings = new Findings(run);
        long repeated = findings.received();
        findings.oneEach(results.count(run, this::isDelivered), "results that say delivered");
        findings.oneEach(delivered(deliveries), "rows that say delivered");
        findings.oneEach(logged(), "log rows that say delivered, answered 204, with as many attempts as were received");
        findings.throwIfAny();
        double[] millis = deliveries.millisToCommit();
        return new Checked(repeated, millis, run.secondsBehind(millis));
    }

    private boolean isDelivered(byte[] result) {
        return requests.codec().decode(result, DeliveryResult.class).getStatus().equals("DELIVERED");
    }

    private int[] delivered(Rows rows) {
        int[] counts = new int[run.sent()];
        rows.forEach(
                "status", (number, row) -> counts[number] += row.getString(2).equals("delivered") ? 1 : 0);
        return counts;
    }

    private int[] logged() {
        int[] counts = new int[run.sent()];
        logs.forEach("status::text, attempt_count, response_code", (number, row) -> {
            boolean good = row.getString(2).equals("delivered")
                    && isCounted(number, row.getInt(3))
                    && row.getInt(4) == NO_CONTENT;
            counts[number] += good ? 1 : 0;
        });
        return counts;
    }

    /// Each attempt was received and each receipt is an attempt, but where the receiver accepted one twice: the
    /// outcome of the first was not committed, and so not counted.
    private boolean isCounted(int number, int attempts) {
        int received = run.receipts().accepted(number) + run.receipts().refused(number);
        return run.receipts().accepted(number) == 1 ? attempts == received : attempts <= received;
    }
}
