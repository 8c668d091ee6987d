package dev.waybill.bench.bed;

import dev.waybill.worker.app.Main;

/// The worker's process: the worker's own command line, and nothing that costs.
final class WorkerProcess {

    private WorkerProcess() {}

    public static void main(String[] arguments) {
        ParentWatch.start();
        Main.main(arguments);
    }
}
