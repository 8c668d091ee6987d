package dev.waybill.worker.cli;

import dev.waybill.worker.config.SettingsPage;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Prints every setting of a worker.
@Command(name = "settings", description = "Print every setting of a worker, as Markdown or as a properties file.")
public final class SettingsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--properties", description = "as a properties file with everything commented out")
    private boolean properties;

    @Override
    public Integer call() {
        var out = spec.commandLine().getOut();
        out.print(properties ? SettingsPage.properties() : SettingsPage.markdown());
        out.flush();
        return Exit.OK;
    }
}
