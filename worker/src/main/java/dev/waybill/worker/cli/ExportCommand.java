package dev.waybill.worker.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Writes what an organization has as a file.
@Command(name = "export", description = "Write an organization's destinations and rules as YAML.")
final class ExportCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Worker worker = new Worker();

    @Mixin
    private Organization organization = new Organization();

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "where to write it (default: to standard output)")
    private @Nullable Path file;

    @Override
    public Integer call() {
        try (RestClient client = worker.connect()) {
            String yaml = OrganizationFile.of(
                            client.get(organization.path("/destinations"))
                                    .body()
                                    .path("destinations"),
                            client.get(organization.path("/rules")).body().path("rules"))
                    .toYaml();
            if (file == null) {
                spec.commandLine().getOut().print(yaml);
                spec.commandLine().getOut().flush();
            } else {
                Files.writeString(file, yaml);
            }
            return Exit.OK;
        } catch (IOException e) {
            throw new CommandException(Exit.FAILED, file + " cannot be written: " + e.getMessage());
        }
    }
}
