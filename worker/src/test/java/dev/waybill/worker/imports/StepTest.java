package dev.waybill.worker.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class StepTest {

    private static final JsonMapper JSON = new JsonMapper();

    private static final Wanted.Destination CRM =
            new Wanted.Destination("1", "crm", "webhook", true, Map.of("url", "https://a"), null, null);

    private static final String THERE = """
            {"destinations": [{"destinationId": "1", "name": "crm", "kind": "webhook", "provider": "webhook",
              "enabled": true, "settings": {"url": "https://a"}, "policy": {"maxAttempts": 5}, "labels": {},
              "version": 7, "health": {"status": "healthy"}}]}
            """;

    private static final String BASE = """
            {"rules": [{"ruleId": "other"}, {"ruleId": "defaults", "name": "mine", "selection": "failover",
              "active": true, "primary": [{"destinationId": "1", "weight": 1}],
              "secondary": [{"destinationId": "2", "weight": 1}], "fallback": [], "version": 3}]}
            """;

    private static Current current(String destinations, String rules) {
        return Current.of(JSON.readTree(destinations), JSON.readTree(rules));
    }

    private static Step destination(String there) {
        return Step.destination(CRM, current(there, "{}"));
    }

    @Test
    void whatIsNotThereIsCreated() {
        assertThat(destination("{}"))
                .isInstanceOfSatisfying(
                        Step.Create.class, create -> assertThat(create.body()).isEqualTo(JSON.readTree("""
                        {"name": "crm", "provider": "webhook", "enabled": true, "settings": {"url": "https://a"}}""")));
        assertThat(Step.rule(List.of("1", "2"), current("{}", "{}")))
                .isInstanceOfSatisfying(
                        Step.Create.class, create -> assertThat(create.body()).isEqualTo(JSON.readTree("""
                                {"name": "Default destinations", "selection": "failover", "active": true,
                                 "primary": [{"destinationId": "1", "weight": 1}],
                                 "secondary": [{"destinationId": "2", "weight": 1}], "fallback": []}""")));
    }

    @Test
    void whatIsThereIsKept() {
        assertThat(destination(THERE)).isEqualTo(new Step.Keep());
        assertThat(Step.rule(List.of("1", "2"), current("{}", BASE))).isEqualTo(new Step.Keep());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"name\": \"crm\" | \"name\": \"erp\" | name",
                "https://a | https://b | settings",
                "\"enabled\": true | \"enabled\": false | enabled",
            })
    void aDifferenceIsNamedAndTheRestStays(String from, String to, String field) {
        assertThat(destination(THERE.replace(from, to))).isInstanceOfSatisfying(Step.Replace.class, replace -> {
            assertThat(replace.fields()).containsExactly(field);
            assertThat(replace.version()).isEqualTo(7);
            assertThat(replace.body().path("policy").path("maxAttempts").asInt())
                    .isEqualTo(5);
            assertThat(replace.body().path("settings").path("url").asString()).isEqualTo("https://a");
        });
    }

    @Test
    void anotherOrderIsAnotherRule() {
        assertThat(Step.rule(List.of("2", "1"), current("{}", BASE)))
                .isInstanceOfSatisfying(Step.Replace.class, replace -> {
                    assertThat(replace.fields()).containsExactly("primary", "secondary");
                    assertThat(replace.version()).isEqualTo(3);
                    assertThat(replace.body().path("name").asString()).isEqualTo("mine");
                });
    }

    @Test
    void aNameOfAnotherOneIsNotTaken() {
        assertThat(destination(THERE.replace("\"destinationId\": \"1\"", "\"destinationId\": \"9\"")))
                .isEqualTo(new Step.Taken("9"));
    }
}
