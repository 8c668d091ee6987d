package dev.waybill.worker.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.topology.model.Payload;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Judgement;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Payloads.Fetched;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.egress.Dialer;
import dev.waybill.worker.sink.egress.EgressGuard;
import dev.waybill.worker.sink.egress.NameResolver;
import dev.waybill.worker.sink.http.HttpClient;
import dev.waybill.worker.sink.http.HttpLimits;
import dev.waybill.worker.sink.http.ScriptedHttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReferencedPayloadsTest {

    private static final int LARGEST = 200_000;
    private static final int ROOM = 300_000;
    private static final String TEXT = "once upon a time ".repeat(5_000);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    private final Dialer open = new Dialer(new EgressGuard(List.of("127.0.0.1"), NameResolver.system()));
    private final Dialer guarded = new Dialer(new EgressGuard(List.of(), NameResolver.system()));
    private final HttpClient http = new HttpClient(open, HttpLimits.DEFAULT);
    private final HttpClient guardedHttp = new HttpClient(guarded, HttpLimits.DEFAULT);
    private final ScriptedHttpServer server = ScriptedHttpServer.start();

    @SuppressWarnings("NullAway.Init")
    private Path exports;

    @SuppressWarnings("NullAway.Init")
    private Path spool;

    @SuppressWarnings("NullAway.Init")
    private ReferencedPayloads payloads;

    ReferencedPayloadsTest() throws IOException {}

    @BeforeEach
    void prepare() throws IOException {
        exports = Files.createDirectory(folder.resolve("exports"));
        spool = folder.resolve("spool/worker-1");
        payloads = payloads(http, Duration.ofSeconds(2));
    }

    private ReferencedPayloads payloads(HttpClient client, Duration timeout) {
        References references = new References(List.of(exports), List.of("127.0.0.1"));
        return new ReferencedPayloads(references, client.line(), spool, ROOM, LARGEST, timeout);
    }

    @AfterEach
    void close() throws IOException {
        payloads.close();
        http.close();
        guardedHttp.close();
        open.close();
        guarded.close();
        server.close();
    }

    private Fetched fetch(String uri) throws Exception {
        return fetch(payloads, uri);
    }

    private static Fetched fetch(ReferencedPayloads from, String uri) throws Exception {
        return Samples.onVirtualThread(() -> from.fetch(new Payload("t", "text/plain", null, uri, null)));
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(exports.resolve(name), text).toUri().toString();
    }

    private void assertThere(Fetched fetched, String text) throws Exception {
        assertThat(fetched).isInstanceOf(Fetched.There.class);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (Fetched.There there = (Fetched.There) fetched) {
            assertThat(there.content().size()).isEqualTo(bytes.length);
            assertThat(there.sha256())
                    .isEqualTo(HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
            for (int i = 0; i < 2; i++) {
                try (InputStream in = there.content().open()) {
                    assertThat(in.readAllBytes()).isEqualTo(bytes);
                }
            }
            assertThat(payloads.spooled()).isEqualTo(bytes.length);
        }
        assertNothingLeft();
    }

    private void assertNothingLeft() throws IOException {
        assertThat(payloads.spooled()).isZero();
        try (var left = Files.list(spool)) {
            assertThat(left).isEmpty();
        }
    }

    private static Outcome.Failed outcome(Fetched fetched) {
        assertThat(fetched).isInstanceOf(Fetched.Missing.class);
        return ((Fetched.Missing) fetched).outcome();
    }

    private void assertMissing(Fetched fetched, Class<? extends Outcome> outcome, String code) throws IOException {
        Outcome.Failed failed = outcome(fetched);
        assertThat(failed).isInstanceOf(outcome);
        assertThat(failed.fault().code()).isEqualTo(code);
        assertThat(failed.fault().category()).isEqualTo(ErrorCategory.PAYLOAD);
        assertThat(Judgement.of(failed)).as("no word about the destination").isEqualTo(Judgement.NONE);
        assertNothingLeft();
    }

    @Test
    void aFileIsThereWithItsLengthAndHash() throws Exception {
        assertThere(fetch(file("a b.csv", TEXT)), TEXT);
        assertThere(fetch(file("empty", "")), "");
    }

    @Test
    void whatTheSourceBecomesLaterChangesNothing() throws Exception {
        String uri = file("a", TEXT);
        try (Fetched.There there = (Fetched.There) fetch(uri)) {
            Files.writeString(exports.resolve("a"), "something else");
            try (InputStream in = there.content().open()) {
                assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo(TEXT);
            }
        }
    }

    @Test
    void whatIsNoFileIsMissingForGood() throws Exception {
        assertMissing(fetch(exports.resolve("none").toUri().toString()), Outcome.Permanent.class, "payload_not_found");
        Files.createDirectory(exports.resolve("dir"));
        assertMissing(fetch("file://" + exports.resolve("dir")), Outcome.Permanent.class, "payload_not_a_file");
        assertMissing(fetch(file("a", "x") + "/b"), Outcome.Permanent.class, "payload_not_found");
        assertMissing(fetch("file:///etc/passwd"), Outcome.Permanent.class, "payload_not_allowed");
    }

    @Test
    void aLinkLeadsNowhereElse() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "s3cret");
        Files.createSymbolicLink(exports.resolve("link"), secret);
        Files.createSymbolicLink(exports.resolve("up"), folder);
        assertMissing(fetch("file://" + exports.resolve("link")), Outcome.Permanent.class, "payload_not_allowed");
        assertMissing(fetch("file://" + exports.resolve("up/secret")), Outcome.Permanent.class, "payload_not_allowed");
        file("real", "fine");
        Files.createSymbolicLink(exports.resolve("inside"), exports.resolve("real"));
        assertThere(fetch("file://" + exports.resolve("inside")), "fine");
    }

    @Test
    void whatIsTooLargeIsRefusedAndWhatFindsNoRoomWaits() throws Exception {
        String largest = "x".repeat(LARGEST);
        assertMissing(fetch(file("large", largest + "x")), Outcome.Permanent.class, "payload_too_large");
        try (Fetched.There first = (Fetched.There) fetch(file("a", largest))) {
            Outcome.Failed second = outcome(fetch(file("b", largest)));
            assertThat(second).isInstanceOf(Outcome.OurFault.class);
            assertThat(second.fault().code()).isEqualTo("payload_spool_full");
            assertThat(payloads.spooled()).isEqualTo(first.content().size());
        }
        assertThere(fetch(file("b", largest)), largest);
    }

    @Test
    void aCrashLeavesNothingBehind() throws Exception {
        Fetched.There left = (Fetched.There) fetch(file("a", TEXT));
        assertThat(left.content().size()).isPositive();
        payloads = payloads(http, Duration.ofSeconds(2));
        assertNothingLeft();
    }

    @Test
    void aSpoolThatCannotBeUsedStopsTheStart() throws Exception {
        spool = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> payloads(http, Duration.ofSeconds(2))).hasMessageContaining("cannot be used");
    }

    @Test
    void anAnswerIsThereWithItsLengthAndHash() throws Exception {
        server.next(ScriptedHttpServer.answer(200, "", TEXT));
        assertThere(fetch(server.url("/a?b=c")), TEXT);
        server.next(ScriptedHttpServer.raw(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"));
        assertThere(fetch(server.url("/b")), "hello world");
        assertThat(server.received()).extracting("method", "path").first().hasToString("(\"GET\", \"/a?b=c\")");
    }

    @ParameterizedTest
    @CsvSource({
        "404, Permanent, payload_not_found",
        "410, Permanent, payload_not_found",
        "403, Permanent, payload_forbidden",
        "302, Permanent, payload_http_302",
        "206, Permanent, payload_http_206",
        "429, OurFault, payload_unavailable",
        "500, OurFault, payload_unavailable",
        "503, OurFault, payload_unavailable",
    })
    void anotherAnswerIsNoPayload(int status, String outcome, String code) throws Exception {
        server.next(ScriptedHttpServer.answer(status, "", "not the payload"));
        Fetched fetched = fetch(server.url("/a"));
        assertThat(outcome(fetched).getClass().getSimpleName()).isEqualTo(outcome);
        assertMissing(fetched, outcome(fetched).getClass(), code);
    }

    @Test
    void aPartIsNoPayload() throws Exception {
        server.next(ScriptedHttpServer.raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this"));
        assertMissing(fetch(server.url("/cut")), Outcome.OurFault.class, "payload_unavailable");
        server.next(ScriptedHttpServer.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"));
        assertMissing(fetch(server.url("/cut")), Outcome.OurFault.class, "payload_unavailable");
        server.next(ScriptedHttpServer.raw("HTTP/1.1 200 OK\r\n\r\nwho knows where this ends"));
        assertMissing(fetch(server.url("/unframed")), Outcome.Permanent.class, "payload_unframed");
    }

    @Test
    void aSourceThatHangsOrDripsEndsInTime() throws Exception {
        payloads = payloads(http, Duration.ofMillis(400));
        server.next(ScriptedHttpServer.hang());
        assertMissing(fetch(server.url("/a")), Outcome.OurFault.class, "payload_unavailable");
        server.next(ScriptedHttpServer.drip("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"));
        assertMissing(fetch(server.url("/a")), Outcome.OurFault.class, "payload_unavailable");
    }

    @Test
    void anAnswerThatIsTooLargeIsNotReadToItsEnd() throws Exception {
        server.next(ScriptedHttpServer.answer(200, "", "x".repeat(LARGEST + 1)));
        assertMissing(fetch(server.url("/a")), Outcome.Permanent.class, "payload_too_large");
    }

    /// That a host is listed does not open the way into the worker's own network.
    @Test
    void theEgressGuardHoldsForSourcesToo() throws Exception {
        payloads = payloads(guardedHttp, Duration.ofSeconds(2));
        assertMissing(fetch(server.url("/a")), Outcome.Permanent.class, "payload_egress_denied");
        assertThat(server.connections()).isZero();
    }
}
