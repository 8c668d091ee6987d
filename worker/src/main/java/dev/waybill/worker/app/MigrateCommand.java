package dev.waybill.worker.app;

import dev.waybill.worker.cli.CommandException;
import dev.waybill.worker.cli.ConfigFile;
import dev.waybill.worker.cli.Exit;
import dev.waybill.worker.config.PostgresSettings;
import dev.waybill.worker.config.ProjectorSettings;
import dev.waybill.worker.config.WorkerConfig;
import dev.waybill.worker.projector.Migrations;
import dev.waybill.worker.projector.adopt.Adopted;
import dev.waybill.worker.projector.adopt.Adoption;
import dev.waybill.worker.projector.adopt.AdoptionRefusedException;
import dev.waybill.worker.projector.store.Database;
import dev.waybill.worker.projector.store.DatabaseSettings;
import dev.waybill.worker.projector.store.PartitionGrid;
import dev.waybill.worker.projector.store.Partitions;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import org.flywaydb.core.api.FlywayException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Brings the database to the schema that this version knows.
@Command(
        name = "migrate",
        description = {
            "Create or update the tables of the read model.",
            "Tables of the same names that another system has made are adopted with their rows, or their differences"
                    + " are listed and nothing is changed."
        })
final class MigrateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigFile file = new ConfigFile();

    @Option(names = "--dry-run", description = "only say what would be done")
    private boolean dryRun;

    @Override
    public Integer call() {
        WorkerConfig config = file.load();
        PostgresSettings postgres = config.postgres();
        Migrations migrations = Migrations.of(
                postgres.url(), postgres.user(), postgres.password().value());
        try {
            if (dryRun) {
                return preview(migrations);
            }
            Migrations.Migrated done = migrations.migrate(() -> {
                // So that rows come into their own partitions at once and not first into that for all others.
                partitions(postgres, config.projector(), partitions -> {
                    partitions.makeForOldLogs(Instant.now());
                    return 0L;
                });
            });
            print(done);
            if (done.adopted().logs() > 0) {
                warn(
                        partitions(postgres, config.projector(), partitions -> partitions.oldLogs(Instant.now())),
                        config.projector().retention().toDays());
            }
            return Exit.OK;
        } catch (AdoptionRefusedException e) {
            throw refused(e.differences());
        } catch (FlywayException e) {
            throw new CommandException(Exit.FAILED, PostgresSettings.URL + ": the migration failed: " + e.getMessage());
        }
    }

    private int preview(Migrations migrations) {
        PrintWriter out = spec.commandLine().getOut();
        switch (migrations.adoption()) {
            case Adoption.State.Nothing() -> {}
            case Adoption.State.Foreign(List<String> names) -> {
                List<String> differences = migrations.differences();
                if (!differences.isEmpty()) {
                    throw refused(differences);
                }
                out.println("Would adopt " + String.join(", ", names) + ".");
            }
            case Adoption.State.Unfinished(List<String> names) ->
                out.println("Would go on with the adoption of " + String.join(", ", names) + ".");
        }
        out.println("Would apply " + migrations.pending() + " migrations.");
        out.flush();
        return Exit.OK;
    }

    private static CommandException refused(List<String> differences) {
        return new CommandException(
                Exit.FAILED,
                PostgresSettings.URL + ": tables of Waybill's names cannot be adopted; nothing was changed:\n  "
                        + String.join("\n  ", differences));
    }

    private static long partitions(
            PostgresSettings postgres, ProjectorSettings projector, ToLongFunction<Partitions> use) {
        try (Database database = new Database(DatabaseSettings.of(
                postgres.url(), postgres.user(), postgres.password().value(), 2))) {
            return use.applyAsLong(
                    new Partitions(database, new PartitionGrid(projector.partitionDays(), projector.retention())));
        }
    }

    private void warn(long old, long days) {
        if (old > 0) {
            spec.commandLine()
                    .getOut()
                    .println(old + " of these rows are older than " + ProjectorSettings.RETENTION_DAYS + " (" + days
                            + ") and go when a worker starts: raise it before, if you want to keep them.");
            spec.commandLine().getOut().flush();
        }
    }

    private void print(Migrations.Migrated done) {
        PrintWriter out = spec.commandLine().getOut();
        Adopted adopted = done.adopted();
        if (!adopted.equals(Adopted.NOTHING)) {
            out.println("Adopted " + adopted.destinations() + " destinations and " + adopted.defaults()
                    + " default destinations, and moved " + adopted.logs() + " rows of delivery_logs.");
        }
        out.println("Applied " + done.applied() + " migrations; the schema is at version " + done.version() + ".");
        out.flush();
    }
}
