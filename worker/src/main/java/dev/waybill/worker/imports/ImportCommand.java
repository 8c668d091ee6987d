package dev.waybill.worker.imports;

import dev.waybill.worker.cli.CommandException;
import dev.waybill.worker.cli.Exit;
import dev.waybill.worker.cli.Output;
import dev.waybill.worker.cli.RestClient;
import dev.waybill.worker.cli.Worker;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Configuration from elsewhere.
@Command(name = "import", description = "Carry the configuration of another system over.")
public final class ImportCommand {

    private static final String PASSWORD = "WAYBILL_IMPORT_PASSWORD";
    private static final String JDBC = "jdbc:postgresql:";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /// The database of the other system.
    static final class OtherDatabase {
        @Option(
                names = "--from",
                paramLabel = "JDBC-URL",
                required = true,
                description = "the other database, for example jdbc:postgresql://host:5432/app")
        private String url = "";

        @Option(names = "--user", paramLabel = "NAME", required = true, description = "who may read its tables")
        private String user = "";

        @Option(
                names = "--password-file",
                paramLabel = "FILE",
                description = "has the password in its first line; without it, the variable " + PASSWORD + " has it")
        private @Nullable Path passwordFile;

        Source read() {
            if (!url.startsWith(JDBC) || url.contains("password=")) {
                throw new CommandException(
                        Exit.USAGE,
                        "--from is like " + JDBC + "//host:5432/app, with the password in " + PASSWORD
                                + " or --password-file");
            }
            try {
                return SourceTables.read(url, user, password());
            } catch (SQLException e) {
                throw new CommandException(
                        Exit.FAILED, "--from: " + String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
            }
        }

        private String password() {
            if (passwordFile == null) {
                String given = System.getenv(PASSWORD);
                return given == null ? "" : given;
            }
            try {
                return Files.readString(passwordFile).lines().findFirst().orElse("");
            } catch (IOException e) {
                throw new CommandException(Exit.USAGE, passwordFile + " cannot be read: " + e.getMessage());
            }
        }
    }

    @Command(
            description = {
                "Read delivery_destinations and default_destinations of another database, and show what an import would"
                        + " change; with --apply, put them.",
                "Run again it changes nothing. Exit code 1 if something could not be carried over."
            })
    int postgres(
            @Mixin Worker worker,
            @Mixin OtherDatabase other,
            @Mixin Output output,
            @Option(names = "--apply", description = "change it") boolean apply,
            @Option(names = "--overwrite", description = "also what is in Waybill already and differs")
                    boolean overwrite) {
        PrintWriter out = spec.commandLine().getOut();
        Source source = other.read();
        Consumer<String> lines = output.isJson() ? _ -> {} : out::println;
        Report report = new Report(apply, lines);
        try (RestClient client = worker.connect()) {
            KnownProviders providers =
                    KnownProviders.of(client.get("/v1/providers").body());
            Import run = new Import(client, report, apply, overwrite);
            Wanted.of(source, providers).forEach(run::organization);
        }
        if (output.isJson()) {
            output.json(out, report.json(source));
        } else {
            out.println(report.summary(source));
            out.flush();
        }
        return report.isComplete() ? Exit.OK : Exit.FAILED;
    }
}
