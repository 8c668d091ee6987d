package dev.waybill.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OrganizationFileTest {

    private static final JsonMapper JSON = new JsonMapper();

    private static final JsonNode DESTINATIONS = JSON.readTree("""
            [{"destinationId": "1", "organizationId": "acme", "name": "crm", "kind": "webhook", "provider": "webhook",
              "enabled": true, "settings": {"url": "https://example.com", "batch": "no"}, "labels": {}, "version": 3,
              "policy": {"maxAttempts": 5, "hoursDays": []}, "updatedAt": "x", "health": {"status": "well"}},
             {"destinationId": "2", "name": "the disk", "provider": "file", "enabled": false, "region": "eu",
              "settings": {"directory": "a/b"}, "labels": {"tier": "1"}, "version": 4}]""");

    private static final JsonNode RULES = JSON.readTree("""
            [{"ruleId": "night", "name": "Nights", "priority": 7, "active": false, "selection": "weighted", "version": 2,
              "conditions": {"payloadTypes": ["audit.*"], "userRoles": [], "metadata": {"k": "1"}, "windows":
                [{"days": ["MON"], "start": "22:30", "end": "06:00", "zone": "UTC"}]},
              "primary": [{"destinationId": "1", "weight": 3}, {"destinationId": "2", "weight": 1}], "secondary": [],
              "fallback": [{"destinationId": "gone", "weight": 1}], "continues": true,
              "validFrom": "2026-01-01T00:00:00Z", "template": {"templateId": "t"}, "constraints": []},
             {"ruleId": "rest", "name": "rest", "priority": 0, "active": true, "selection": "all",
              "primary": [{"destinationId": "1", "weight": 1}], "continues": false}]""");

    private static final Map<String, String> NAMES = Map.of("1", "crm", "2", "the disk");

    private static final String YAML = """
            destinations:
              crm:
                provider: webhook
                settings:
                  batch: "no"
                  url: "https://example.com"
                policy:
                  maxAttempts: 5
              "the disk":
                provider: file
                enabled: false
                settings:
                  directory: a/b
                region: eu
                labels:
                  tier: "1"
            rules:
              night:
                name: Nights
                priority: 7
                active: false
                conditions:
                  metadata:
                    k: "1"
                  payloadTypes:
                    - audit.*
                  windows:
                    - days:
                        - MON
                      end: "06:00"
                      start: "22:30"
                selection: weighted
                primary:
                  - destinationId: crm
                    weight: 3
                  - "the disk"
                fallback:
                  - gone
                continues: true
                validFrom: "2026-01-01T00:00:00Z"
              rest:
                primary:
                  - crm
            """;

    private static OrganizationFile current() {
        return OrganizationFile.of(DESTINATIONS, RULES);
    }

    private static List<String> differences(String yaml) {
        return current().to(OrganizationFile.parse(yaml, NAMES)).stream()
                .flatMap(one -> one.lines().stream())
                .toList();
    }

    @Test
    void whatAWorkerHasIsWrittenForPeople() {
        assertThat(current().toYaml()).isEqualTo(YAML);
    }

    @Test
    void whatWasWrittenMeansTheSame() {
        assertThat(differences(YAML)).isEmpty();
        assertThat(OrganizationFile.parse(YAML, NAMES).toYaml()).isEqualTo(YAML);
    }

    @Test
    void howItIsWrittenDoesNotMatter() {
        assertThat(differences(YAML.replace("tier: \"1\"", "tier: 1")
                        .replace("- crm\n", "- {destinationId: '1', weight: 1}\n")
                        .replace("name: Nights", "name: Nights\n    validUntil: null\n    stickyBy:")
                        .replace("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z")
                        .replace("start: \"22:30\"", "start: \"22:30\"\n          zone: UTC")
                        .replace("provider: file", "provider: file\n    policy: {}")))
                .isEmpty();
    }

    @Test
    void whatDiffersIsToldFieldByField() {
        assertThat(differences(YAML.replace("priority: 7", "priority: 8")
                        .replace("maxAttempts: 5", "maxAttempts: 6")
                        .replace("    region: eu\n", "")
                        .replace("  rest:", "  other:")))
                .containsExactly(
                        "~ destinations.crm",
                        "    policy.maxAttempts: 5 -> 6",
                        "~ destinations.the disk",
                        "    region: eu -> (none)",
                        "~ rules.night",
                        "    priority: 7 -> 8",
                        "+ rules.other",
                        "    primary: [\"crm\"]",
                        "- rules.rest");
    }

    @Test
    void whatIsNoSuchFileIsRefused() {
        assertThatThrownBy(() -> differences("a: [")).hasMessageContaining("no YAML");
        assertThatThrownBy(() -> differences("just text")).hasMessageContaining("expected destinations: and rules:");
        assertThatThrownBy(() -> differences("rules: {a: {primary: [x]}, a: {}}"))
                .hasMessageContaining("no YAML");
        assertThatThrownBy(() -> differences("rule: {}\nrules: [1]\ndestinations: {crm: text}"))
                .hasMessageContaining("rule: no such field")
                .hasMessageContaining("rules: expected entries by name")
                .hasMessageContaining("destinations.crm: expected fields");
    }

    @Test
    void anEmptySectionIsEmpty() {
        assertThat(OrganizationFile.parse("rules:\n", NAMES).rules()).isEmpty();
    }
}
