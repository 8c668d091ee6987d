package dev.waybill.worker.cli;

import picocli.CommandLine.Option;

/// Which worker a command talks to.
public final class Worker {

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "${env:WAYBILL_URL:-http://127.0.0.1:8083}",
            description = "REST interface of a worker (also WAYBILL_URL; default ${DEFAULT-VALUE})")
    private String url = "";

    public RestClient connect() {
        return new RestClient(url);
    }
}
