package dev.waybill.worker.app;

import dev.waybill.worker.cli.CommandException;
import dev.waybill.worker.cli.ConfigFile;
import dev.waybill.worker.cli.Exit;
import dev.waybill.worker.config.PostgresSettings;
import dev.waybill.worker.projector.Migrations;
import java.util.concurrent.Callable;
import org.flywaydb.core.api.FlywayException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Brings the database to the schema that this version knows.
@Command(name = "migrate", description = "Create or update the tables of the read model.")
final class MigrateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigFile file = new ConfigFile();

    @Override
    public Integer call() {
        PostgresSettings postgres = file.load().postgres();
        try {
            Migrations.Migrated done = Migrations.of(
                            postgres.url(), postgres.user(), postgres.password().value())
                    .migrate();
            spec.commandLine()
                    .getOut()
                    .println("Applied " + done.applied() + " migrations; the schema is at version " + done.version()
                            + ".");
            spec.commandLine().getOut().flush();
            return Exit.OK;
        } catch (FlywayException e) {
            throw new CommandException(Exit.FAILED, PostgresSettings.URL + ": the migration failed: " + e.getMessage());
        }
    }
}
