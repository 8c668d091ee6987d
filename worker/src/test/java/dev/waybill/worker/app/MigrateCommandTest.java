package dev.waybill.worker.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.worker.projector.adopt.ForeignTables;
import dev.waybill.worker.projector.store.TestPostgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MigrateCommandTest {

    @TempDir
    Path folder;

    private record Run(int code, String out, String err) {}

    private Run migrate(TestPostgres postgres, String... options) throws IOException {
        Path config = folder.resolve("worker.properties");
        Files.writeString(config, """
                worker.id=w
                bootstrap.servers=127.0.0.1:1
                schema.registry.url=http://127.0.0.1:1
                postgres.url=%s
                postgres.user=postgres
                postgres.password=postgres
                """.formatted(postgres.url()));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine main = Main.create();
        main.setOut(new PrintWriter(out));
        main.setErr(new PrintWriter(err));
        String[] line = new String[options.length + 3];
        line[0] = "migrate";
        line[1] = "--config";
        line[2] = config.toString();
        System.arraycopy(options, 0, line, 3, options.length);
        return new Run(Main.execute(main, line), out.toString(), err.toString());
    }

    @Test
    void saysWhatItWouldAdoptAndAdoptsIt() throws IOException {
        TestPostgres postgres = ForeignTables.filled("migrate_command");
        assertThat(migrate(postgres, "--dry-run").out()).isEqualTo("""
                Would adopt delivery_destinations, default_destinations, delivery_logs, delivery_status.
                Would apply 3 migrations.
                """);
        assertThat(migrate(postgres).out()).startsWith("""
                Adopted 10 destinations and 10 default destinations, and moved 230 rows of delivery_logs.
                Applied 3 migrations; the schema is at version 3.
                """);
        // Rows that are kept have partitions of their own.
        assertThat(postgres.one(
                        "select count(*) from delivery_logs_default where queued_at > now() - interval '90 days'"))
                .isEqualTo("0");
        assertThat(migrate(postgres).out()).isEqualTo("Applied 0 migrations; the schema is at version 3.\n");
    }

    @Test
    void saysWhatTheWorkerWillDelete() throws IOException {
        TestPostgres postgres = ForeignTables.filled("migrate_command_old");
        postgres.execute("update delivery_logs set queued_at = now()");
        postgres.execute("update delivery_logs set queued_at = now() - interval '89 days' where id in"
                + " (select id from delivery_logs order by id limit 5)");
        postgres.execute("update delivery_logs set queued_at = now() - interval '200 days' where id in"
                + " (select id from delivery_logs order by id desc limit 7)");
        assertThat(migrate(postgres).out()).endsWith("""
                7 of these rows are older than projector.retention.days (90) and go when a worker starts: raise it before, if you want to keep them.
                """);
        assertThat(postgres.one("select count(*) from delivery_logs_default")).isEqualTo("7");
    }

    @Test
    void listsDifferences() throws IOException {
        TestPostgres postgres = ForeignTables.filled("migrate_command_refused");
        postgres.execute("alter table delivery_logs drop column tags");
        Run refused = new Run(1, "", """
                waybill: postgres.url: tables of Waybill's names cannot be adopted; nothing was changed:
                  delivery_logs has no column tags
                """);
        assertThat(migrate(postgres, "--dry-run")).isEqualTo(refused);
        assertThat(migrate(postgres)).isEqualTo(refused);
    }
}
