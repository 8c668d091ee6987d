package dev.waybill.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a rule on the command line becomes on its way to the worker, and how one that comes back is shown.
class RuleCommandTest {

    private static final JsonMapper JSON = new JsonMapper();

    private static final String STORED = """
            {"destinations": [{"destinationId": "a", "name": "crm"}], "ruleId": "night", "priority": 7, "active": true, "version": 3, "selection": "weighted",
             "conditions": {"payloadTypes": ["audit.*", "log"], "userRoles": [], "minBytes": null, "maxBytes": 9,
              "windows": [{"days": ["MON"], "start": "22:00", "end": "06:00", "zone": "UTC"}], "metadata": {}},
             "primary": [{"destinationId": "a", "weight": 3}, {"destinationId": "b", "weight": 1}],
             "secondary": [], "fallback": [{"destinationId": "c", "weight": 1}]}""";

    private final StubWorker worker;

    RuleCommandTest() throws IOException {
        worker = new StubWorker(STORED);
    }

    @AfterEach
    void stop() {
        worker.close();
    }

    private StubWorker.Run put(String... options) {
        return worker.run(Stream.concat(Stream.of("rule", "put", "night", "--org", "acme"), Stream.of(options))
                .toArray(String[]::new));
    }

    private JsonNode asked() {
        String asked = String.valueOf(worker.asked());
        assertThat(asked).startsWith("PUT /v1/organizations/acme/rules/night\n");
        return JSON.readTree(asked.substring(asked.indexOf('\n')));
    }

    @Test
    void everyOptionIsAFieldOfTheRule() {
        assertThat(put(
                        "--primary",
                        "crm=3",
                        "--primary",
                        "erp",
                        "--secondary",
                        "disk",
                        "--fallback",
                        "a=b=2",
                        "--selection",
                        "sticky",
                        "--sticky-by",
                        "metadata.patient",
                        "--priority",
                        "7",
                        "--continue",
                        "--valid-from",
                        "2026-01-01T00:00:00Z",
                        "--valid-until",
                        "2027-01-01T00:00:00Z",
                        "--inactive",
                        "--type",
                        "audit.*",
                        "--type",
                        "log",
                        "--role",
                        "nurse",
                        "--any-tag",
                        "x",
                        "--tag",
                        "y",
                        "--tag",
                        "z",
                        "--no-tag",
                        "w",
                        "--min-bytes",
                        "1",
                        "--max-bytes",
                        "9",
                        "--metadata",
                        "k=v",
                        "--window",
                        "MON,TUE 22:00-06:00 Europe/Vienna",
                        "--window",
                        "08:00-24:00"))
                .returns(0, StubWorker.Run::code);
        assertThat(asked()).isEqualTo(JSON.readTree("""
                {"name": null, "priority": 7, "active": false, "selection": "sticky", "stickyBy": "metadata.patient",
                 "continues": true, "validFrom": "2026-01-01T00:00:00Z", "validUntil": "2027-01-01T00:00:00Z",
                 "primary": [{"destinationId": "crm", "weight": 3}, {"destinationId": "erp"}],
                 "secondary": [{"destinationId": "disk"}], "fallback": [{"destinationId": "a=b", "weight": 2}],
                 "conditions": {"payloadTypes": ["audit.*", "log"], "userRoles": ["nurse"], "tagsAny": ["x"],
                  "tagsAll": ["y", "z"], "tagsNone": ["w"], "minBytes": 1, "maxBytes": 9, "metadata": {"k": "v"},
                  "windows": [{"days": ["MON", "TUE"], "start": "22:00", "end": "06:00", "zone": "Europe/Vienna"},
                   {"start": "08:00", "end": "24:00"}]}}"""));
    }

    @Test
    void aRuleIsShownWithWhatItAsksFor() {
        assertThat(put("--primary", "crm").out())
                .contains("CONDITIONS", "SECONDARY")
                .contains("payloadTypes=audit.*,log maxBytes=9 windows={\"days\":[\"MON\"],\"start\":\"22:00\"")
                .contains("  weighted   crm=3,b    ");
    }

    @Test
    void aWindowThatIsNoneIsSaidToBeSo() {
        StubWorker.Run run = put("--primary", "crm", "--window", "mornings");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("--window is like 'MON,TUE 08:00-17:30 Europe/Vienna', not 'mornings'");
        assertThat(worker.asked()).isNull();
    }

    @Test
    void aWeightThatIsNoNumberIsLeftToTheWorkerToRefuse() {
        assertThat(put("--primary", "crm=much").code()).isZero();
        assertThat(asked().path("primary").path(0).path("weight").asString()).isEqualTo("much");
    }
}
