package dev.waybill.local.demo;

import dev.waybill.worker.cli.Exit;
import dev.waybill.worker.config.TelemetrySettings;
import dev.waybill.worker.telemetry.Logging;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// Shows the main job.
@Command(name = "demo", description = "Run the main job on an embedded Kafka, schema registry and Postgres.")
public final class DemoCommand implements Callable<Integer> {

    /// What to do next, as a shell takes it. A test runs these.
    public static final List<String> NEXT = List.of(
            "./waybill local",
            "./waybill destination put hook --organization acme --provider webhook --set url=http://127.0.0.1:8090/",
            "echo '{\"hello\":\"world\"}' | ./waybill deliver - --organization acme --destination hook"
                    + " --type demo.hello --wait");

    @Override
    public Integer call() throws IOException, SQLException, InterruptedException {
        Path directory = Files.createTempDirectory("waybill-demo-");
        Path log = directory.resolve("demo.log");
        Logging.toFile(TelemetrySettings.DEFAULTS, log);
        Console console = new Console(System.out, isTerminal() && System.getenv("NO_COLOR") == null);
        boolean passed = new Demo(console, directory, log).run();
        if (passed) {
            console.title(
                    "Everything came out as expected. Next: keep it running, and in a second terminal try your own.");
            console.line("");
            NEXT.forEach(command -> console.line("  " + command));
        } else {
            console.title("Not everything came out as expected.");
        }
        return passed ? Exit.OK : Exit.FAILED;
    }

    // JDK 25 gives null again where input or output is redirected.
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        var terminal = System.console();
        return terminal != null && terminal.isTerminal();
    }
}
