package dev.waybill.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// The benchmarks.
@Command(
        name = "bench",
        description = "Measure deliveries on this machine, on embedded parts in processes of their own.",
        footer = {
            "",
            "Each prints a table and writes JSON. Close everything else: the figures are of all cores of this machine,",
            "and only ratios within one run can be compared between machines."
        },
        subcommands = {
            ThroughputCommand.class,
            PeerCommand.class,
            LimitsCommand.class,
            VictimCommand.class,
            FairnessCommand.class,
            RetryCommand.class,
            ConnectionsCommand.class,
            RulesCommand.class,
            SmtpCommand.class
        })
final class BenchCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name a benchmark");
    }
}
