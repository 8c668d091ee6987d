package dev.waybill.worker.app;

import dev.waybill.worker.cli.CommandErrors;
import dev.waybill.worker.cli.DefaultsCommand;
import dev.waybill.worker.cli.DeliverCommand;
import dev.waybill.worker.cli.DestinationCommand;
import dev.waybill.worker.cli.ExplainCommand;
import dev.waybill.worker.cli.RuleCommand;
import dev.waybill.worker.cli.SecretCommand;
import dev.waybill.worker.cli.SettingsCommand;
import dev.waybill.worker.cli.ShowCommand;
import dev.waybill.worker.cli.TemplateCommand;
import dev.waybill.worker.cli.TopicsCommand;
import dev.waybill.worker.imports.ImportCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/// The command line.
@Command(
        name = "waybill",
        mixinStandardHelpOptions = true,
        versionProvider = Main.VersionLine.class,
        description = "Delivers what your applications ask for on Kafka to your customers' systems.",
        footer = {
            "",
            "Exit codes: 0 done; 1 it failed, or the answer is no; 2 the command line or the configuration is wrong;",
            "3 something it needs is not there (a worker, a broker)."
        })
public final class Main implements Runnable {

    private static final String HELP = "--help";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private Main() {}

    /// The command line with all commands of a worker; others may be added to it.
    public static CommandLine create() {
        CommandLine main = new CommandLine(new Main());
        main.addSubcommand(new WorkerCommand());
        main.addSubcommand(new TopicsCommand());
        main.addSubcommand(new MigrateCommand());
        main.addSubcommand(new DeliverCommand());
        main.addSubcommand(new ShowCommand());
        main.addSubcommand(new ExplainCommand());
        main.addSubcommand(new DestinationCommand());
        main.addSubcommand(new RuleCommand());
        main.addSubcommand(new DefaultsCommand());
        main.addSubcommand(new TemplateCommand());
        main.addSubcommand(new ImportCommand());
        main.addSubcommand(new SecretCommand());
        main.addSubcommand(new SettingsCommand());
        main.addSubcommand(new HelpCommand());
        return main;
    }

    /// Runs a command.
    ///
    /// @return the exit code
    public static int run(CommandLine main, String... arguments) {
        main.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        main.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        return execute(main, arguments);
    }

    /// Runs a command whose streams are set already.
    ///
    /// @return the exit code
    public static int execute(CommandLine main, String... arguments) {
        main.setExecutionExceptionHandler(new CommandErrors());
        main.setUsageHelpAutoWidth(true);
        offerHelp(main);
        return main.execute(arguments);
    }

    /// Whoever asks a command for help gets it, however many required options are missing.
    private static void offerHelp(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        if (spec.findOption(HELP) == null) {
            spec.addOption(OptionSpec.builder("-h", HELP)
                    .usageHelp(true)
                    .description("Show this help message and exit.")
                    .build());
        }
        command.getSubcommands().values().forEach(Main::offerHelp);
    }

    public static void main(String[] arguments) {
        System.exit(run(create(), arguments));
    }

    /// Without a command: says what there is, as for any other wrong command line.
    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name a command");
    }

    static final class VersionLine implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"waybill " + Version.current()};
        }
    }
}
