package dev.waybill.local.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import tools.jackson.databind.json.JsonMapper;

/// Rules through a worker's REST.
final class RulesApi implements AutoCloseable {

    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;

    RulesApi(WorkerProcess worker) throws IOException {
        url = worker.url();
    }

    /// Puts a rule and waits until it holds for the worker's router.
    ///
    /// @return its version
    long put(String organization, String ruleId, String json) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(URI.create(url + "/v1/organizations/" + organization + "/rules/" + ruleId))
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofString(json))
                        .build(),
                BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isIn(200, 201);
        return new JsonMapper().readTree(response.body()).path("version").asLong();
    }

    @Override
    public void close() {
        http.close();
    }
}
