package dev.waybill.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.waybill.avro.DeliveryPolicy;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class OrganizationFileTest {

    private static final JsonMapper JSON = new JsonMapper();

    private static final JsonNode DESTINATIONS = JSON.readTree("""
            [{"destinationId": "1", "organizationId": "acme", "name": "crm", "kind": "webhook", "provider": "webhook",
              "enabled": true, "settings": {"url": "https://example.com", "batch": "no"}, "labels": {}, "version": 3,
              "policy": {"jitter": 0.0, "maxAttempts": 5, "hoursDays": []}, "updatedAt": "x", "health": {"status": "well"}},
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

    private static final int TEXTS = 2_000;

    private static final String POLICY = DeliveryPolicy.getClassSchema().getFields().stream()
            .map(Schema.Field::name)
            .collect(Collectors.joining(", "));

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
                  jitter: 0
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
                  payloadTypes:
                    - audit.*
                  windows:
                    - days:
                        - MON
                      start: "22:30"
                      end: "06:00"
                  metadata:
                    k: "1"
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

    private static OrganizationFile parse(String yaml) {
        return OrganizationFile.parse(yaml, current(), NAMES);
    }

    private static List<String> differences(String yaml) {
        return current().to(parse(yaml)).stream()
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
        assertThat(parse(YAML).toYaml()).isEqualTo(YAML);
    }

    @Test
    void howItIsWrittenDoesNotMatter() {
        assertThat(differences(YAML.replace("tier: \"1\"", "tier: 1")
                        .replace("- crm\n", "- {destinationId: '1', weight: 1}\n")
                        .replace("name: Nights", "name: Nights\n    validUntil: null\n    stickyBy:")
                        .replace("2026-01-01T00:00:00Z", "2026-01-01T01:00:00.0004+01:00")
                        .replace("jitter: 0", "jitter: 0.0")
                        .replace("  rest:\n", "  rest:\n    name: rest\n")
                        .replace("maxAttempts: 5", "maxAttempts: 5\n      hoursDays: []")
                        .replace("start: \"22:30\"", "start: \"22:30\"\n          zone: UTC")
                        .replace("provider: file", "provider: file\n    policy: {}")))
                .isEmpty();
    }

    @Test
    void whatDiffersIsToldFieldByField() {
        assertThat(differences(YAML.replace("priority: 7", "priority: 8")
                        .replace("maxAttempts: 5", "maxAttempts: 6")
                        .replace("    region: eu\n", "")
                        .replace("directory: a/b", "directory: \"a\\nb\"")
                        .replace("continues: true", "continues: true\n    stickyBy: userRole")
                        .replace("  rest:", "  other:")))
                .containsExactly(
                        "~ destinations.crm",
                        "    policy.maxAttempts: 5 -> 6",
                        "~ destinations.the disk",
                        "    region: eu -> (none)",
                        "    settings.directory: a/b -> \"a\\nb\"",
                        "~ rules.night",
                        "    priority: 7 -> 8",
                        "    stickyBy: (none) -> userRole",
                        "+ rules.other",
                        "    primary: [\"crm\"]",
                        "- rules.rest");
    }

    static Stream<Arguments> files() {
        return Stream.of(
                arguments("a: [", "is no YAML"),
                arguments("just text", "expected destinations: and rules:"),
                arguments("", "expected destinations: and rules:"),
                arguments("rules: {a: {primary: [crm]}, a: {}}", "is no YAML: Duplicate"),
                arguments("rules: {}\n---\nrules: {}", "is no YAML: Trailing"),
                arguments("rules: " + "[".repeat(2_000), "is no YAML: Document nesting depth"),
                arguments(
                        "rules:\n  a: &a {primary: [crm]}\n  b: *a",
                        "line 3: write out what *a stands for; aliases are not read"),
                arguments("rules: {a: &a {primary: [crm]}, b: {<<: *a}}", "write out what *a stands for"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void whatIsNoSuchFileIsRefused(String yaml, String fault) {
        assertThatThrownBy(() -> parse(yaml)).hasMessageContaining(fault);
    }

    @Test
    void aFileHasABound() {
        assertThatThrownBy(() -> parse("rules: {}" + " ".repeat(3 << 20)))
                .hasMessage("is longer than 3145728 characters");
    }

    @Test
    void aLongTextStaysOnOneLine() {
        String text = "word ".repeat(30) + "end";
        assertThat(parse("destinations: {crm: {provider: webhook, settings: {header: " + text + "}}}")
                        .toYaml())
                .contains("header: \"" + text + "\"\n");
    }

    @Test
    void allFaultsOfAFileAreNamedWithTheirPaths() {
        assertThatThrownBy(() -> parse("""
                        rule: {}
                        destinations:
                          crm: text
                          new:
                            providr: webhook
                            enabled: maybe
                            settings: {url: {}, rate: 1.50, plain: 1, flag: true, none: null}
                            policy: {maxAttempts: many, jitter: .inf, delaysMs: 5, retryableCodes: [408, x], speed: 1}
                            labels: [a]
                            name: newer
                        rules:
                          "a b":
                            primary: [crm]
                          r:
                            priority: 1.5
                            selection: 3
                            primary: [new, nobody, 7, {destinationId: crm, weight: much}, {weight: 2}]
                            validFrom: tomorrow
                            conditions: {payloadType: [x], minBytes: 99999999999999999999, userRoles: [1], windows: [{start: "08:00"}, all]}
                          empty: {}
                        """)).hasMessage("""
                        is not right:
                          rule: no such field; known are destinations and rules
                          destinations.crm: expected fields
                          destinations.new.providr: no such field; known are provider, enabled, settings, policy, region, labels
                          destinations.new.name: no such field; known are provider, enabled, settings, policy, region, labels
                          destinations.new.provider: is required
                          destinations.new.enabled: expected true or false
                          destinations.new.settings.none: expected a text, in quotes if it looks like a number
                          destinations.new.settings.rate: expected a text, in quotes if it looks like a number
                          destinations.new.settings.url: expected a text, in quotes if it looks like a number
                          destinations.new.policy.speed: no such field; known are %s
                          destinations.new.policy.maxAttempts: expected a whole number
                          destinations.new.policy.delaysMs: expected a list
                          destinations.new.policy.jitter: expected a number
                          destinations.new.policy.retryableCodes[1]: expected a whole number
                          destinations.new.labels: expected names with texts
                          rules.r.priority: expected a whole number
                          rules.r.conditions.payloadType: no such field; known are payloadTypes, userRoles, tagsAny, \
                        tagsAll, tagsNone, windows, minBytes, maxBytes, metadata
                          rules.r.conditions.userRoles[0]: expected a text, in quotes if it looks like a number
                          rules.r.conditions.windows[0].end: is required
                          rules.r.conditions.windows[1]: expected fields
                          rules.r.conditions.minBytes: expected a whole number
                          rules.r.selection: expected a text, in quotes if it looks like a number
                          rules.r.primary[1]: there is no destination nobody, neither in the file nor in the organization
                          rules.r.primary[2]: expected the name of a destination, or destinationId and weight
                          rules.r.primary[3].weight: expected a whole number
                          rules.r.primary[4].destinationId: is required
                          rules.r.validFrom: expected a time such as 2026-01-31T12:00:00Z
                          rules.empty.primary: is required
                          rules.a b: a rule id matches [A-Za-z0-9_-]{1,255}""".formatted(POLICY));
    }

    /// As written, it can only be what the organization has already.
    @Test
    void aRuleMayNameADestinationThatIsGone() {
        assertThat(differences("rules: {night: {primary: [gone]}, rest: {primary: [crm]}}"))
                .contains("~ rules.night");
        assertThatThrownBy(() -> parse("rules: {night: {primary: [lost]}}"))
                .hasMessageContaining("rules.night.primary[0]: there is no destination lost");
    }

    @Test
    void aSectionThatIsNotThereSaysNothing() {
        assertThat(differences("{}")).isEmpty();
        assertThat(differences("rules: {}")).containsExactly("- rules.night", "- rules.rest");
        assertThat(differences("destinations:\n")).containsExactly("- destinations.crm", "- destinations.the disk");
    }

    /// SnakeYAML reads YAML 1.1, in which `no` is a truth value and `22:30` is 1350. (U+2028 ends a line there, and
    /// nobody
    /// has it in a text.)
    @Test
    void everyReaderSeesTextsInTexts() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> parts = List.of(
                "no",
                "y",
                "On",
                "NULL",
                "~",
                "22:30",
                "0x1F",
                "010",
                "1e3",
                "1_000",
                ".5",
                "-",
                "- a",
                "a: b",
                "# c",
                "%",
                "*a",
                "&a",
                "!!int",
                "<<",
                "=",
                "\n",
                "\r",
                "\t",
                " ",
                "'",
                "\"",
                "\\",
                "{",
                "[",
                ",",
                "?",
                "|",
                ">",
                "`",
                "\u0000",
                "\ufeff",
                "é",
                "😀",
                "2026-01-01",
                "${dir:/secrets/acme:crm}",
                "word ".repeat(30));
        for (int i = 0; i < TEXTS; i++) {
            ObjectNode labels = JSON.createObjectNode();
            for (int entry = 0; entry < 3; entry++) {
                labels.put(text(random, parts), text(random, parts));
            }
            ObjectNode destination = JSON.createObjectNode().put("name", "crm").put("provider", "webhook");
            destination.set("labels", labels);
            OrganizationFile file =
                    OrganizationFile.of(JSON.createArrayNode().add(destination), JSON.createArrayNode());
            String yaml = file.toYaml();
            assertThat(file.to(OrganizationFile.parse(yaml, file, Map.of())))
                    .as("seed %d, round %d:%n%s", seed, i, yaml)
                    .isEmpty();
            assertThat(JSON.<JsonNode>valueToTree(new Yaml().load(yaml)).at("/destinations/crm/labels"))
                    .as("seed %d, round %d:%n%s", seed, i, yaml)
                    .isEqualTo(labels);
        }
    }

    private static String text(Random random, List<String> parts) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(3); i >= 0; i--) {
            text.append(parts.get(random.nextInt(parts.size())));
        }
        return text.toString();
    }
}
