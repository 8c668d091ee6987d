package dev.waybill.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ExplainCommandTest {

    private static final JsonMapper JSON = new JsonMapper();

    private static final String ROUTED = """
            {"outcome": "routed",
             "rules": [
              {"ruleId": "night", "version": 3, "priority": 9, "selection": "all", "inForce": true, "matches": false,
               "decides": false, "failedConditions": ["windows", "userRoles"]},
              {"ruleId": "old", "version": 1, "priority": 8, "selection": "all", "inForce": false, "matches": false,
               "decides": false, "failedConditions": []},
              {"ruleId": "main", "version": 2, "priority": 7, "selection": "failover", "inForce": true, "matches": true,
               "decides": true, "failedConditions": []},
              {"ruleId": "rest", "version": 1, "priority": 1, "selection": "all", "inForce": true, "matches": true,
               "decides": false, "failedConditions": []}],
             "routes": [{"route": 0, "ruleId": "main", "candidates": [
              {"destinationId": "1", "name": "crm", "tier": "primary", "verdict": "passed over", "reason": "breaker_open"},
              {"destinationId": "2", "tier": "secondary", "verdict": "goes there", "reason": null}]}]}""";

    @Test
    void everyOptionIsAskedFor() throws IOException {
        try (StubWorker worker = new StubWorker(ROUTED)) {
            assertThat(worker.run(
                                    "explain",
                                    "--org",
                                    "acme",
                                    "--type",
                                    "a.b",
                                    "--bytes",
                                    "7",
                                    "--role",
                                    "nurse",
                                    "--tag",
                                    "x",
                                    "--tag",
                                    "y",
                                    "--metadata",
                                    "k=v",
                                    "--at",
                                    "2026-01-01T00:00:00Z",
                                    "--destination",
                                    "crm",
                                    "--id",
                                    "d-1",
                                    "--correlation-id",
                                    "c")
                            .code())
                    .isZero();
            String asked = String.valueOf(worker.asked());
            assertThat(asked).startsWith("POST /v1/organizations/acme/routes/explain\n");
            assertThat(JSON.readTree(asked.substring(asked.indexOf('\n')))).isEqualTo(JSON.readTree("""
                    {"deliveryId": "d-1", "type": "a.b", "bytes": 7, "userRole": "nurse",
                     "occurredAt": "2026-01-01T00:00:00Z", "correlationId": "c", "tags": ["x", "y"],
                     "metadata": {"k": "v"}, "destinations": ["crm"]}"""));
        }
    }

    @Test
    void rulesAndCandidatesAreShown() throws IOException {
        try (StubWorker worker = new StubWorker(ROUTED)) {
            assertThat(worker.run("explain", "--org", "acme", "--type", "t")
                            .out()
                            .lines())
                    .containsExactly(
                            "RULE   VERSION  PRIORITY  SELECTION  VERDICT",
                            "night  3        9         all        fails: windows, userRoles",
                            "old    1        8         all        not in force",
                            "main   2        7         failover   decides",
                            "rest   1        1         all        matches, but an earlier rule decides",
                            "",
                            "ROUTE  RULE  TIER       DESTINATION  VERDICT      REASON",
                            "0      main  primary    crm          passed over  breaker_open",
                            "0      main  secondary  2            goes there");
        }
    }

    @Test
    void whatGoesNowhereSaysWhy() throws IOException {
        try (StubWorker worker = new StubWorker("{\"outcome\": \"no_route\", \"rules\": [], \"routes\": []}")) {
            assertThat(worker.run("explain", "--org", "acme", "--type", "t").out())
                    .isEqualToIgnoringNewLines("It goes nowhere: no_route");
        }
    }
}
