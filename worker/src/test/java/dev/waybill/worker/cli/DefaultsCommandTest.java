package dev.waybill.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefaultsCommandTest {

    private final StubWorker worker;

    DefaultsCommandTest() throws IOException {
        worker = new StubWorker("""
                {"defaults": [{"destinationId": "1", "name": "crm", "primary": true},
                              {"destinationId": "2", "primary": false}]}""");
    }

    @AfterEach
    void stop() {
        worker.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"|{}", "--primary|{\"primary\":true}", "--no-primary|{\"primary\":false}"})
    void setsADestination(String option, String body) {
        StubWorker.Run run = option == null
                ? worker.run("defaults", "set", "--org", "acme", "the crm")
                : worker.run("defaults", "set", "--org", "acme", option, "the crm");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(worker.asked()).isEqualTo("PUT /v1/organizations/acme/defaults/the%20crm\n" + body);
    }

    @Test
    void listsThemWithThePrimaryOneMarked() {
        assertThat(worker.run("defaults", "list", "--org", "acme").out()).isEqualToIgnoringNewLines("""
                DESTINATION  ID  PRIMARY
                crm          1   yes
                (deleted)    2
                """);
        assertThat(worker.run("defaults", "list", "--org", "acme", "-o", "json").out())
                .contains("\"defaults\"");
    }

    @Test
    void removesOne() {
        assertThat(worker.run("defaults", "remove", "--org", "acme", "crm").code())
                .isZero();
        assertThat(worker.asked()).isEqualTo("DELETE /v1/organizations/acme/defaults/crm\n");
    }
}
