package dev.waybill.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplateCommandTest {

    private final StubWorker worker;

    TemplateCommandTest() throws IOException {
        worker = new StubWorker("""
                {"destinations": [{"destinationId": "1", "name": "crm"}], "templateId": "hipaa", "version": 2, "latestVersion": 3, "name": "HIPAA", "category": "compliance",
                 "slots": [{"name": "main", "required": true}, {"name": "last", "required": false}],
                 "constraints": [{"constraint": "regions", "values": ["eu"]}],
                 "templates": [{"templateId": "hipaa", "version": 2, "latestVersion": 3, "name": "HIPAA",
                   "category": "compliance", "slots": [{"name": "main", "required": true},
                   {"name": "last", "required": false}], "constraints": [{"constraint": "regions"}],
                   "rules": ["hipaa-all"]}],
                 "changes": [{"ruleId": "hipaa-all", "change": "update", "fields": [
                   {"field": "priority", "before": 1, "after": 2}, {"field": "stickyBy", "before": null, "after": "x"},
                   {"field": "primary", "before": [{"destinationId": "1", "weight": 2}], "after": [{"destinationId": "2", "weight": 1}]},
                   {"field": "template", "before": {"templateId": "hipaa", "version": 1}, "after": {"templateId": "hipaa", "version": 2}},
                   {"field": "conditions", "after": {"userRoles": ["nurse"], "tagsAny": []}},
                   {"field": "constraints", "after": [{"constraint": "regions"}]}]},
                   {"ruleId": "hipaa-new", "change": "create", "fields": []}, {"ruleId": "hipaa-old", "change": "delete"}]}""");
    }

    @AfterEach
    void stop() {
        worker.close();
    }

    private String asked(String... command) {
        StubWorker.Run run = worker.run(command);
        assertThat(run.code()).as(run.err()).isZero();
        String asked = String.valueOf(worker.asked());
        while (worker.asked() != null) {
            // What it looked up for people.
        }
        return asked;
    }

    @Test
    void appliesWithItsSlots() {
        assertThat(asked(
                        "template",
                        "apply",
                        "hipaa",
                        "--org",
                        "acme",
                        "--slot",
                        "main=a",
                        "--slot",
                        "main=b",
                        "--slot",
                        "last=c=d"))
                .isEqualTo(
                        "PUT /v1/organizations/acme/templates/hipaa\n{\"slots\":{\"main\":[\"a\",\"b\"],\"last\":[\"c=d\"]}}");
        assertThat(asked("template", "apply", "hipaa", "--org", "acme", "--dry-run"))
                .startsWith("PUT /v1/organizations/acme/templates/hipaa?dryRun=true\n");
    }

    @Test
    void anUpgradeIsShownFirst() {
        assertThat(asked("template", "upgrade", "hipaa", "--org", "acme")).contains("?dryRun=true\n{\"slots\":{}}");
        assertThat(asked("template", "upgrade", "hipaa", "--org", "acme", "--apply"))
                .doesNotContain("dryRun");
        assertThat(worker.run("template", "upgrade", "hipaa", "--org", "acme").out())
                .isEqualToIgnoringNewLines("""
                ~ hipaa-all
                    priority: 1 -> 2
                    stickyBy: (none) -> x
                    primary: crm=2 -> 2
                    template: hipaa 1 -> hipaa 2
                    conditions: (none) -> userRoles=nurse
                    constraints: (none) -> regions
                + hipaa-new
                - hipaa-old
                Nothing was changed.
                """);
    }

    @Test
    void aSlotIsFilledWithSomething() {
        StubWorker.Run run = worker.run("template", "apply", "hipaa", "--org", "acme", "--slot", "main");
        assertThat(run.code()).isEqualTo(Exit.USAGE);
        assertThat(run.err()).contains("--slot is like main=crm");
    }

    @Test
    void listsTemplates() {
        assertThat(worker.run("template", "list").out()).isEqualToIgnoringNewLines("""
                TEMPLATE  VERSION  CATEGORY    SLOTS        CONSTRAINTS  NAME
                hipaa     2        compliance  main [last]  regions      HIPAA
                """);
        assertThat(worker.run("template", "applied", "--org", "acme").out()).isEqualToIgnoringNewLines("""
                TEMPLATE  VERSION  LATEST  RULES
                hipaa     2        3       hipaa-all
                """);
    }

    @Test
    void aTemplateIsShownAsAFileThatCanBePut(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("template.yaml");
        Files.writeString(file, worker.run("template", "show", "hipaa").out());
        assertThat(worker.asked()).startsWith("GET /v1/templates/hipaa");
        assertThat(Files.readString(file)).contains("templateId: \"hipaa\"");
        assertThat(asked("template", "put", "own", file.toString()))
                .startsWith("PUT /v1/templates/own\n{")
                .contains("\"templateId\":\"hipaa\"");
    }

    @Test
    void aFileThatIsNoTemplateIsRefused(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("template.yaml");
        for (String text : List.of("just text", "a: [", "")) {
            Files.writeString(file, text);
            assertThat(worker.run("template", "put", "own", file.toString()).code())
                    .isEqualTo(Exit.USAGE);
        }
        assertThat(worker.run("template", "put", "own", file + ".none").code()).isEqualTo(Exit.USAGE);
        assertThat(worker.asked()).isNull();
    }

    @Test
    void removesAndDeletes() {
        assertThat(asked("template", "remove", "hipaa", "--org", "acme"))
                .isEqualTo("DELETE /v1/organizations/acme/templates/hipaa\n");
        assertThat(asked("template", "delete", "own")).isEqualTo("DELETE /v1/templates/own\n");
    }
}
