package dev.waybill.topology.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.policy.Reasons;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ValidationTest {

    private static final Limits LIMITS = new Limits(10, uri -> uri.startsWith("file:/in/"));

    /// A request, one part at a time different from a valid one.
    static final class Draft {
        private Payload payload = payload("t", new byte[10], null);
        private List<String> destinations = List.of();
        private List<String> tags = List.of();
        private @Nullable String text;
        private Map<String, String> metadata = Map.of();
        private Map<String, String> headers = Map.of();
        private @Nullable Integer maxAttempts;
        private Instant requestedAt = Instant.EPOCH;
        private @Nullable Instant notAfter;

        Request request() {
            return new Request(
                    "d",
                    "o",
                    payload,
                    destinations,
                    text,
                    tags,
                    null,
                    null,
                    text,
                    text,
                    headers,
                    maxAttempts,
                    notAfter,
                    metadata,
                    requestedAt,
                    text);
        }
    }

    interface Change {
        void on(Draft draft);
    }

    private static Payload payload(String type, byte @Nullable [] body, @Nullable String uri) {
        return new Payload(type, "text/plain", body == null ? null : Bytes.of(body), uri, null);
    }

    private static Arguments valid(String name, Change change) {
        return Arguments.of("valid: " + name, change, null);
    }

    private static Arguments invalid(String name, Change change, String reason) {
        return Arguments.of("invalid: " + name, change, reason);
    }

    static List<Arguments> requests() {
        String text = "x".repeat(255);
        return List.of(
                valid("as it is", _ -> {}),
                invalid("payload above the bound", d -> d.payload = payload("t", new byte[11], null), "oversize"),
                valid("no bytes", d -> d.payload = payload("t", new byte[0], null)),
                valid("an allowed uri", d -> d.payload = payload("t", null, "file:/in/a")),
                invalid("another uri", d -> d.payload = payload("t", null, "file:/etc/passwd"), "uri"),
                invalid("an endless uri", d -> d.payload = payload("t", null, "file:/in/" + "x".repeat(2048)), "uri"),
                invalid("body and uri", d -> d.payload = payload("t", new byte[1], "file:/in/a"), "exactly one"),
                invalid("neither", d -> d.payload = payload("t", null, null), "exactly one"),
                valid("longest type", d -> d.payload = payload("x".repeat(100), new byte[1], null)),
                invalid("too long a type", d -> d.payload = payload("x".repeat(101), new byte[1], null), "type"),
                invalid("blank type", d -> d.payload = payload(" ", new byte[1], null), "type"),
                invalid("NUL in the type", d -> d.payload = payload("a\0", new byte[1], null), "type"),
                invalid(
                        "no content type",
                        d -> d.payload = new Payload("t", "", Bytes.of(new byte[1]), null, null),
                        "contentType"),
                valid("longest texts", d -> d.text = text),
                invalid("too long texts", d -> d.text = text + "x", "at most 255"),
                invalid("NUL in texts", d -> d.text = "\0", "NUL"),
                valid("one attempt", d -> d.maxAttempts = 1),
                invalid("no attempt", d -> d.maxAttempts = 0, "maxAttempts"),
                valid("many destinations", d -> d.destinations = numbers(100)),
                invalid("too many destinations", d -> d.destinations = numbers(101), "more than 100"),
                invalid("a blank destination", d -> d.destinations = List.of("a", " "), "destinationIds"),
                valid("much metadata", d -> d.metadata = Map.of("k", "x".repeat(65_535))),
                invalid("too much metadata", d -> d.metadata = Map.of("k", "x".repeat(65_536)), "metadata"),
                invalid("too many headers", d -> d.headers = Map.of("k", "x".repeat(65_536)), "headers"),
                invalid("NUL in metadata", d -> d.metadata = Map.of("k\0", "v"), "metadata"),
                invalid("too many tags", d -> d.tags = Collections.nCopies(65_537, "x"), "tags"),
                invalid("NUL in tags", d -> d.tags = List.of("\0"), "tags"),
                invalid("a time before all", d -> d.requestedAt = Instant.EPOCH.minusMillis(1), "1970"),
                invalid("a time after all", d -> d.notAfter = Instant.ofEpochMilli(Long.MAX_VALUE), "1970"));
    }

    private static List<String> numbers(int count) {
        return java.util.stream.IntStream.range(0, count).mapToObj(i -> "d" + i).toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void aRequestIsRejectedForWhatIsWrongWithIt(String name, Change change, @Nullable String reason) {
        Draft draft = new Draft();
        change.on(draft);
        String rejection = Validation.rejection(draft.request(), LIMITS);
        if (reason == null) {
            assertThat(rejection).isNull();
        } else {
            assertThat(rejection).contains(reason);
            assertThat(String.valueOf(rejection))
                    .startsWith(reason.equals(Reasons.OVERSIZE) ? Reasons.OVERSIZE : Reasons.INVALID_REQUEST + ": ");
        }
        assertThat(Validation.identity(draft.request())).isNull();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void whatIsAnsweredFitsRecordsAndRows(String name, Change change, @Nullable String reason) {
        Draft draft = new Draft();
        change.on(draft);
        Request echo = Validation.presentable(draft.request());
        assertThat(echo.payload().type()).hasSizeLessThanOrEqualTo(100).doesNotContain("\0");
        assertThat(String.valueOf(echo.correlationId()))
                .hasSizeLessThanOrEqualTo(255)
                .doesNotContain("\0");
        assertThat(echo.metadata().toString()).hasSizeLessThanOrEqualTo(65_600).doesNotContain("\0");
        assertThat(echo.tags().toString()).doesNotContain("\0");
        assertThat(echo.tags().size()).isLessThanOrEqualTo(65_536);
        assertThat(echo.requestedAt()).isBetween(Instant.EPOCH, Instant.parse("9999-12-31T00:00:00Z"));
        assertThat(echo.deduplicationKey()).isEqualTo(draft.request().deduplicationKey());
    }

    @Test
    void byDefaultNothingIsOpenedByReference() {
        Draft draft = new Draft();
        draft.payload = payload("t", null, "https://example.org/a");
        assertThat(Validation.rejection(draft.request(), Limits.defaults())).contains("uri");
    }
}
