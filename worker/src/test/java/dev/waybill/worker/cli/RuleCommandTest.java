package dev.waybill.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.waybill.worker.app.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

/// What a rule on the command line becomes on its way to the worker, and how one that comes back is shown.
class RuleCommandTest {

    private static final JsonMapper JSON = new JsonMapper();

    private static final String STORED = """
            {"ruleId": "night", "priority": 7, "active": true, "version": 3, "selection": "weighted",
             "conditions": {"payloadTypes": ["audit.*", "log"], "userRoles": [], "minBytes": null, "maxBytes": 9,
              "windows": [{"days": ["MON"], "start": "22:00", "end": "06:00", "zone": "UTC"}], "metadata": {}},
             "primary": [{"destinationId": "a", "weight": 3}, {"destinationId": "b", "weight": 1}],
             "secondary": [], "fallback": [{"destinationId": "c", "weight": 1}]}""";

    private final BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final HttpServer worker;

    RuleCommandTest() throws IOException {
        worker = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    }

    @BeforeEach
    void answer() {
        worker.createContext("/", exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] answer = STORED.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        worker.start();
    }

    @AfterEach
    void stop() {
        worker.stop(0);
    }

    private int put(String... options) {
        CommandLine main = Main.create();
        main.setOut(new PrintWriter(out));
        main.setErr(new PrintWriter(err));
        List<String> command = List.of(
                "rule", "put", "night", "--org", "acme", "--url", "http://127.0.0.1:" + worker.getAddress().getPort());
        return Main.execute(main, Stream.concat(command.stream(), Stream.of(options)).toArray(String[]::new));
    }

    @Test
    void everyOptionIsAFieldOfTheRule() throws Exception {
        assertThat(put(
                        "--primary", "crm=3", "--primary", "erp", "--secondary", "disk", "--fallback", "a=b=2",
                        "--selection", "sticky", "--sticky-by", "metadata.patient", "--priority", "7", "--continue",
                        "--valid-from", "2026-01-01T00:00:00Z", "--valid-until", "2027-01-01T00:00:00Z", "--inactive",
                        "--type", "audit.*", "--type", "log", "--role", "nurse", "--any-tag", "x", "--tag", "y",
                        "--tag", "z", "--no-tag", "w", "--min-bytes", "1", "--max-bytes", "9", "--metadata", "k=v",
                        "--window", "MON,TUE 22:00-06:00 Europe/Vienna", "--window", "08:00-24:00"))
                .as(err.toString())
                .isZero();
        assertThat(JSON.readTree(bodies.take())).isEqualTo(JSON.readTree("""
                {"name": null, "priority": 7, "active": false, "selection": "sticky", "stickyBy": "metadata.patient",
                 "continues": true, "validFrom": "2026-01-01T00:00:00Z", "validUntil": "2027-01-01T00:00:00Z",
                 "primary": [{"destinationId": "crm", "weight": 3}, {"destinationId": "erp"}],
                 "secondary": [{"destinationId": "disk"}], "fallback": [{"destinationId": "a=b", "weight": 2}],
                 "conditions": {"payloadTypes": ["audit.*", "log"], "userRoles": ["nurse"], "tagsAny": ["x"],
                  "tagsAll": ["y", "z"], "tagsNone": ["w"], "minBytes": 1, "maxBytes": 9, "metadata": {"k": "v"},
                  "windows": [{"days": ["MON", "TUE"], "start": "22:00", "end": "06:00", "zone": "Europe/Vienna"},
                   {"start": "08:00", "end": "24:00"}]}}"""));
    }

    @Test
    void aRuleIsShownWithWhatItAsksFor() {
        assertThat(put("--primary", "crm")).isZero();
        assertThat(out.toString())
                .contains("CONDITIONS", "SECONDARY")
                .contains("payloadTypes=audit.*,log maxBytes=9 windows={\"days\":[\"MON\"],\"start\":\"22:00\"")
                .contains("  weighted   a=3,b    ");
    }

    @Test
    void aWindowThatIsNoneIsSaidToBeSo() {
        assertThat(put("--primary", "crm", "--window", "mornings")).isEqualTo(2);
        assertThat(err.toString()).contains("--window is like 'MON,TUE 08:00-17:30 Europe/Vienna', not 'mornings'");
        assertThat(bodies).isEmpty();
    }

    @Test
    void aWeightThatIsNoNumberIsLeftToTheWorkerToRefuse() throws Exception {
        assertThat(put("--primary", "crm=much")).isZero();
        assertThat(JSON.readTree(bodies.take()).path("primary").path(0).path("weight").asString())
                .isEqualTo("much");
    }
}
