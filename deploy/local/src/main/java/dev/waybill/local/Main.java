package dev.waybill.local;

import dev.waybill.local.demo.DemoCommand;
import picocli.CommandLine;

/// The command line with what runs on one machine: everything a worker has, and `local` and `demo`.
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        CommandLine line = dev.waybill.worker.app.Main.create();
        line.addSubcommand(new DemoCommand());
        line.addSubcommand(new LocalCommand());
        System.exit(dev.waybill.worker.app.Main.run(line, arguments));
    }
}
