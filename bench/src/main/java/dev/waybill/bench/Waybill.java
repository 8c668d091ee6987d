package dev.waybill.bench;

import dev.waybill.bench.bed.ForkedJvm;
import dev.waybill.bench.bed.Installation;
import dev.waybill.bench.bed.TestBed;
import dev.waybill.bench.load.Checked;
import dev.waybill.bench.load.Population;
import dev.waybill.bench.load.Requests;
import dev.waybill.bench.load.Run;
import dev.waybill.bench.load.WaybillCheck;
import dev.waybill.bench.load.WaybillRequests;
import dev.waybill.bench.receiver.Behaviour;
import java.util.HashMap;
import java.util.Map;

/// One worker with all roles.
final class Waybill implements Contender {

    private final Installation installation;
    private final WaybillRequests requests;
    private ForkedJvm worker;
    private final Map<Behaviour, Population> populations = new HashMap<>();

    private Waybill(Installation installation) {
        this.installation = installation;
        this.requests = new WaybillRequests(installation);
        this.worker = installation.startWorker();
    }

    /// @param settings of the worker that differ from the defaults
    static Waybill start(TestBed bed, Map<String, String> settings) {
        return new Waybill(Installation.create(bed, "waybill", settings));
    }

    @Override
    public String name() {
        return "waybill";
    }

    @Override
    public ForkedJvm process() {
        return worker;
    }

    @Override
    public Requests requests(Behaviour behaviour) {
        return requests.to(populations.computeIfAbsent(behaviour, this::configure));
    }

    private Population configure(Behaviour behaviour) {
        Population population =
                Population.of("org" + populations.size(), installation.bed().hosts(), behaviour);
        requests.configure(population, null);
        return population;
    }

    WaybillRequests requests() {
        return requests;
    }

    Installation installation() {
        return installation;
    }

    @Override
    public void awaitRows(Run run) {
        new WaybillCheck(installation, requests, run).awaitRows();
    }

    @Override
    public Checked check(Run run) {
        return new WaybillCheck(installation, requests, run).check();
    }

    /// Puts another worker in the place of the one that runs.
    ///
    /// @param changes settings in which it differs
    void restartWorker(Map<String, String> changes) {
        worker.close();
        worker = installation.startWorker(changes);
    }

    /// Leaves topics and rows to others.
    void stopWorker() {
        worker.close();
    }

    @Override
    public void close() {
        stopWorker();
        requests.close();
    }
}
