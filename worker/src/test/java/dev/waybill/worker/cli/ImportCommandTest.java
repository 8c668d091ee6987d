package dev.waybill.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An organization's file on its way to a worker.
class ImportCommandTest {

    private static final String FILE = """
            destinations:
              archive:
                provider: file
                settings:
                  directory: out
              crm:
                provider: webhook
            rules:
              day:
                primary:
                  - crm
              night:
                priority: 7
                primary:
                  - archive
            """;

    private final FakeWorker worker;

    @TempDir
    Path folder;

    ImportCommandTest() throws IOException {
        worker = new FakeWorker();
    }

    @AfterEach
    void stop() {
        worker.close();
    }

    private StubWorker.Run imports(String yaml, String... options) throws IOException {
        Path file = Files.writeString(folder.resolve("acme.yaml"), yaml);
        String[] command = new String[5 + options.length];
        System.arraycopy(new String[] {"rules", "import", file.toString(), "--org", "acme"}, 0, command, 0, 5);
        System.arraycopy(options, 0, command, 5, options.length);
        return worker.run(command);
    }

    @Test
    void whatWouldChangeIsShownAndNothingChanges() throws IOException {
        StubWorker.Run run = imports(FILE, "--prune");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).isEqualToIgnoringNewLines("""
                + destinations.archive
                    provider: file
                    settings: {"directory":"out"}
                + destinations.crm
                    provider: webhook
                + rules.day
                    primary: ["crm"]
                + rules.night
                    primary: ["archive"]
                    priority: 7
                Nothing was changed; 4 changes with --apply.
                """);
        assertThat(worker.asked()).isEmpty();
    }

    @Test
    void theDocsShowWhatIsPrinted() throws IOException {
        String before = """
                destinations:
                  audit: {provider: webhook}
                  crm: {provider: webhook, policy: {maxAttempts: 5}}
                rules:
                """;
        imports(before + "  old: {primary: [crm]}", "--apply");
        String after = before.replace("maxAttempts: 5", "maxAttempts: 6")
                + "  night: {conditions: {userRoles: [nurse]}, primary: [audit]}";
        assertThat(Files.readString(Path.of("../docs/rules.md")))
                .contains(("$ waybill rules import acme.yaml --org acme\n"
                                + imports(after).out().stripTrailing())
                        .indent(4));
    }

    @Test
    void destinationsArePutBeforeTheRulesThatNameThem() throws IOException {
        assertThat(imports(FILE, "--apply").out()).contains("4 of 4 changes made.");
        assertThat(worker.asked())
                .containsExactly(
                        "PUT destinations/archive none *",
                        "PUT destinations/crm none *",
                        "PUT rules/day none *",
                        "PUT rules/night none *");
        assertThat(imports(FILE, "--apply", "--prune").out()).isEqualToIgnoringNewLines("No difference.");
        assertThat(worker.asked()).isEmpty();
        assertThat(worker.run("rule", "export", "--org", "acme").out()).isEqualTo(FILE);
    }

    @Test
    void whatIsNotInTheFileStaysUnlessPruned() throws IOException {
        imports(FILE, "--apply");
        worker.asked();
        String less = "destinations: {crm: {provider: webhook}}\nrules: {day: {primary: [crm]}}";
        StubWorker.Run kept = imports(less, "--apply");
        assertThat(kept.code()).isZero();
        assertThat(kept.out()).isEqualToIgnoringNewLines("""
                - destinations.archive
                    not in the file, and stays without --prune
                - rules.night
                    not in the file, and stays without --prune
                Nothing to change.
                """);
        assertThat(worker.asked()).isEmpty();
        assertThat(imports(less, "--apply", "--prune").out()).contains("2 of 2 changes made.");
        assertThat(worker.asked()).containsExactly("DELETE rules/night \"1\"", "DELETE destinations/archive \"1\"");
    }

    @Test
    void aSectionThatIsNotInTheFileIsNotPruned() throws IOException {
        imports(FILE, "--apply");
        worker.asked();
        assertThat(imports("rules: {day: {primary: [crm]}}", "--apply", "--prune")
                        .out())
                .contains("1 of 1 change made.");
        assertThat(worker.asked()).containsExactly("DELETE rules/night \"1\"");
    }

    @Test
    void whatIsRefusedIsToldAndDoesNotStopTheRest() throws IOException {
        worker.refuses("destinations/archive", "settings.directory");
        StubWorker.Run run = imports(FILE, "--apply");
        assertThat(run.code()).isEqualTo(Exit.FAILED);
        assertThat(run.out())
                .contains("    FAILED: one field is wrong\n  settings.directory: is not to be", "3 of 4 changes made.");
        assertThat(worker.asked()).hasSize(4);
    }

    @Test
    void whatSomebodyElseChangedMeanwhileIsLeftAlone() throws IOException {
        imports(FILE, "--apply");
        worker.asked();
        worker.isChangedAfterTheLook("rules/night");
        StubWorker.Run run = imports(FILE.replace("priority: 7", "priority: 8"), "--apply");
        assertThat(run.code()).isEqualTo(Exit.FAILED);
        assertThat(run.out()).contains("FAILED: it is version 99 now", "0 of 1 change made.");
        assertThat(worker.asked()).containsExactly("PUT rules/night \"1\"");
    }

    @Test
    void withoutAWorkerNothingElseIsTried() throws IOException {
        worker.isGone();
        StubWorker.Run run = imports(FILE, "--apply");
        assertThat(run.code()).isEqualTo(Exit.MISSING);
        assertThat(run.err()).contains("no worker answers");
        assertThat(worker.asked()).containsExactly("PUT destinations/archive none *");
    }

    @Test
    void aRuleMayNameWhatTheOrganizationHasAlready() throws IOException {
        imports("destinations: {spare: {provider: file}}", "--apply");
        assertThat(imports("rules: {new: {primary: [spare]}}", "--apply").out()).contains("1 of 1 change made.");
        assertThat(imports("rules: {new: {primary: [nobody]}}", "--apply").err())
                .contains("rules.new.primary[0]: there is no destination nobody");
    }

    @Test
    void theDifferenceIsThereForPrograms() throws IOException {
        imports(FILE, "--apply");
        worker.refuses("rules/other", "primary");
        String yaml = FILE.replace("priority: 7", "priority: 8").replace("  day:", "  other:");
        JsonNode kept = new JsonMapper().readTree(imports(yaml, "-o", "json").out());
        assertThat(kept.path("applied").asBoolean()).isFalse();
        assertThat(kept.path("differences").findValuesAsString("item"))
                .containsExactly("rules.other", "rules.night", "rules.day");
        assertThat(kept.path("differences").findValuesAsString("change")).containsExactly("create", "update", "keep");
        assertThat(kept.at("/differences/1/before/priority").asInt()).isEqualTo(7);
        assertThat(kept.at("/differences/1/after/priority").asInt()).isEqualTo(8);

        StubWorker.Run run = imports(yaml, "-o", "json", "--apply", "--prune");
        assertThat(run.code()).isEqualTo(Exit.FAILED);
        JsonNode applied = new JsonMapper().readTree(run.out());
        assertThat(applied.path("applied").asBoolean()).isTrue();
        assertThat(applied.path("differences").findValuesAsString("change"))
                .containsExactly("create", "update", "delete");
        assertThat(applied.at("/differences/0/error").asString()).contains("primary: is not to be");
        assertThat(applied.at("/differences/1/error").isNull()).isTrue();
    }

    @Test
    void aFileThatIsNotRightChangesNothing() throws IOException {
        StubWorker.Run run = imports(FILE.replace("priority: 7", "priorty: 7") + "other: 1\n", "--apply");
        assertThat(run.code()).isEqualTo(Exit.USAGE);
        assertThat(run.err())
                .contains("acme.yaml: is not right:", "rules.night.priorty: no such field", "other: no such field");
        assertThat(worker.asked()).isEmpty();
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws IOException {
        Path file = folder.resolve("bytes.yaml");
        String[] command = {"rules", "import", file.toString(), "--org", "acme", "--apply"};
        assertThat(worker.run(command).err()).contains("bytes.yaml: cannot be read");
        Files.write(file, new byte[] {'a', (byte) 0xe9});
        assertThat(worker.run(command).err()).contains("bytes.yaml: is not UTF-8");
        Files.write(file, new byte[(12 << 20) + 1]);
        StubWorker.Run run = worker.run(command);
        assertThat(run.err()).contains("bytes.yaml: is larger than 12582912 bytes");
        assertThat(run.code()).isEqualTo(Exit.USAGE);
    }

    @Test
    void aFileMayComeFromStandardInput() {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(FILE.getBytes(StandardCharsets.UTF_8)));
        try {
            assertThat(worker.run("rules", "import", "-", "--org", "acme").out())
                    .contains("+ rules.night");
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void anExportThatCannotBeWrittenIsAFailure() {
        StubWorker.Run run = worker.run(
                "rules",
                "export",
                "--org",
                "acme",
                "--file",
                folder.resolve("no/such").toString());
        assertThat(run.code()).isEqualTo(Exit.FAILED);
        assertThat(run.err()).contains("cannot be written");
    }
}
