package dev.waybill.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.worker.app.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class CommandLineTest {

    private static final String NOBODY = "http://127.0.0.1:1";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--version|0",
                "--help|0",
                "help deliver|0",
                "deliver --help|0",
                "destination put --help|0",
                "topics -h|0",
                "worker --help|0",
                "settings|0",
                "|2",
                "fly|2",
                "deliver --organisation x|2",
                "destination put crm|2",
                "destination list --org a --url " + NOBODY + "|3",
                "rule list --org a --url " + NOBODY + "|3",
                "show d1 --org a --url " + NOBODY + "|3",
                "show d1 --org a --url ::|2",
                "topics print --config /nowhere|2",
                "worker --config /nowhere|2",
            })
    void exit_codes_say_what_happened(String line, int code) {
        assertThat(run(line == null ? new String[0] : line.split(" ", -1)).code())
                .isEqualTo(code);
    }

    @Test
    void a_missing_worker_is_named_with_its_remedy() {
        assertThat(run("destination", "list", "--org", "a", "--url", NOBODY).err())
                .contains("no worker answers at http://127.0.0.1:1", "waybill local", "--url");
    }

    @Test
    void faults_of_the_configuration_are_lines() {
        assertThat(run("topics", "plan").err())
                .contains("waybill: bootstrap.servers: is required")
                .contains("waybill: schema.registry.url: is required");
    }

    @Test
    void tables_are_aligned() {
        StringWriter out = new StringWriter();
        new Table("A", "LONG").row("wide", 1).row("x", "y\nz").print(new PrintWriter(out));
        assertThat(out.toString().lines()).containsExactly("A     LONG", "wide  1", "x     y z");
    }

    private record Run(int code, String out, String err) {}

    private static Run run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine main = Main.create();
        main.setOut(new PrintWriter(out));
        main.setErr(new PrintWriter(err));
        return new Run(Main.execute(main, arguments), out.toString(), err.toString());
    }
}
