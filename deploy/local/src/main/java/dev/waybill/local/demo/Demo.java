package dev.waybill.local.demo;

import dev.waybill.avro.DeliveryResult;
import dev.waybill.local.LocalWorker;
import dev.waybill.local.embedded.LocalPorts;
import dev.waybill.local.embedded.LocalStack;
import dev.waybill.worker.app.Main;
import dev.waybill.worker.cli.Exit;
import dev.waybill.worker.config.WorkerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/// The main job, end to end: starts everything, sends a few deliveries, and checks what came of each of them.
public final class Demo {

    /// A minute and a half is many times what it takes; a demo that hangs must end too.
    private static final Duration RESULTS_MAX = Duration.ofSeconds(90);

    private static final Duration READY_MAX = Duration.ofSeconds(60);

    private static final Duration ROWS_MAX = Duration.ofSeconds(20);
    private static final String SECRET_KEY = "signing";

    private final Console console;
    private final Path directory;
    private final Path log;

    /// @param directory an empty folder of its own
    /// @param log       file that everything which runs here logs to
    Demo(Console console, Path directory, Path log) {
        this.console = console;
        this.directory = directory;
        this.log = log;
    }

    /// Runs it.
    ///
    /// @return whether everything came out as expected
    boolean run() throws IOException, SQLException, InterruptedException {
        console.line("Starting a Kafka broker, a schema registry and Postgres ...");
        try (LocalStack stack = LocalStack.start(directory.resolve("data"), LocalPorts.FREE)) {
            console.line(stack.summary());
            String secret = newSecret();
            Path archive = Files.createDirectories(
                    LocalWorker.files(directory).resolve(DemoSetup.ORGANIZATION).resolve("archive"));
            WorkerConfig config = WorkerConfig.of(LocalWorker.settings(stack, directory, 0), Map.of());
            try (LocalWorker worker = LocalWorker.start(config);
                    DemoReceiver receiver = new DemoReceiver(secret);
                    DemoSetup setup = new DemoSetup(worker.url())) {
                worker.awaitReady(READY_MAX);
                console.line("The worker is up; its REST is at " + worker.url());
                setup.run(receiver, deadUrl(), archive, "${dir:" + secretFolder() + ":" + SECRET_KEY + "}");
                boolean delivered = deliver(stack, receiver);
                return explain(worker.url()) && delivered;
            }
        } finally {
            console.line("");
            console.line("Logs: " + log);
        }
    }

    private boolean deliver(LocalStack stack, DemoReceiver receiver) throws SQLException, InterruptedException {
        List<Scenario> scenarios = Scenario.all();
        DemoTraffic traffic = new DemoTraffic(stack.bootstrapServers(), stack.registryUrl());
        console.line("");
        console.title("Sending " + scenarios.size() + " delivery requests to " + DemoSetup.ORGANIZATION
                + ", waiting for their results");
        traffic.send(scenarios);
        Map<String, String> results =
                traffic.results(scenarios.size(), RESULTS_MAX, result -> progress(scenarios, result));
        List<HistoryTable.Row> rows = new HistoryTable(stack.jdbcUrl()).await(scenarios, ROWS_MAX);
        console.line("");
        console.table(
                List.of("delivery", "destination", "status", "attempts", "code", "ms", "reason"),
                rows.stream().map(HistoryTable.Row::cells).toList());
        List<String> differences = new ArrayList<>(HistoryTable.differences(scenarios, rows));
        for (Scenario scenario : scenarios) {
            String actual = results.get(scenario.deliveryId());
            if (!scenario.status().equals(actual)) {
                differences.add(
                        "result of " + scenario.deliveryId() + ": expected " + scenario.status() + ", got " + actual);
            }
        }
        if (receiver.verified() == 0) {
            differences.add("no signature was verified");
        }
        if (!traffic.deadLetters().contains("exhausted")) {
            differences.add("the exhausted delivery is not in the dead letters");
        }
        console.line("");
        differences.forEach(console::failed);
        return differences.isEmpty();
    }

    /// Why a load-balanced delivery went where it went, in the words of the router.
    private boolean explain(URI api) {
        List<String> command =
                List.of("explain", "--org", DemoSetup.ORGANIZATION, "--type", "order.created", "--id", "balanced-2");
        console.title("Why did balanced-2 go there? waybill " + String.join(" ", command));
        StringWriter printed = new StringWriter();
        CommandLine line = Main.create().setOut(new PrintWriter(printed)).setErr(new PrintWriter(printed));
        List<String> asked = new ArrayList<>(command);
        asked.addAll(List.of("--url", api.toString()));
        int exit = Main.execute(line, asked.toArray(String[]::new));
        printed.toString().lines().forEach(console::line);
        console.line("");
        return exit == Exit.OK;
    }

    private void progress(List<Scenario> scenarios, DeliveryResult result) {
        for (Scenario scenario : scenarios) {
            if (scenario.deliveryId().equals(result.getDeliveryId())) {
                String text =
                        String.format("%-12s %-10s %s", scenario.deliveryId(), result.getStatus(), scenario.says());
                if (scenario.status().equals(result.getStatus())) {
                    console.passed(text);
                } else {
                    console.failed(text + " (expected " + scenario.status() + ")");
                }
            }
        }
    }

    private Path secretFolder() {
        return LocalWorker.secrets(directory).resolve(DemoSetup.ORGANIZATION);
    }

    private String newSecret() throws IOException {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        String secret = "whsec_" + Base64.getEncoder().encodeToString(key);
        Files.createDirectories(secretFolder());
        Files.writeString(secretFolder().resolve(SECRET_KEY), secret);
        return secret;
    }

    /// An address where somebody listened once and nobody does now.
    private static String deadUrl() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "http://127.0.0.1:" + socket.getLocalPort() + "/";
        }
    }
}
