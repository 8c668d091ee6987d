package dev.waybill.local;

import picocli.CommandLine;

/// The command line: all commands of a worker, and those that need the embedded parts.
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        CommandLine main = dev.waybill.worker.app.Main.create();
        System.exit(dev.waybill.worker.app.Main.run(main, arguments));
    }
}
