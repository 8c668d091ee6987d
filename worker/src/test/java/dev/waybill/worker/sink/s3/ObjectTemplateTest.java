package dev.waybill.worker.sink.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Delivery;
import dev.waybill.topology.model.Origin;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.model.Request;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectTemplateTest {

    /// @param requestedAt the only time that may show
    private static Delivery delivery(@Nullable String filename, Instant requestedAt, Map<String, String> metadata) {
        Payload payload = new Payload("audit.report", "text/csv", Bytes.of(new byte[0]), null, filename);
        Request request = new Request(
                "d-1",
                "acme",
                payload,
                List.of(),
                null,
                List.of(),
                null,
                null,
                null,
                null,
                Map.of(),
                null,
                null,
                metadata,
                requestedAt,
                null);
        return new Delivery(
                request,
                Bytes.of(new byte[0]),
                new Origin("delivery.requests", 0, 0),
                Instant.parse("2031-01-01T00:00:00Z"),
                0,
                null);
    }

    private static String key(String template, Delivery delivery) throws Exception {
        return ObjectTemplate.ofDelivery(template).render(delivery, ObjectKey::clean);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-25T23:59:59.999Z, 2026/11/25/23",
        "2026-11-26T00:00:00Z, 2026/11/26/00",
        "0999-01-02T03:04:05Z, 0999/01/02/03"
    })
    void dates_are_those_of_the_request_in_utc(Instant requestedAt, String expected) throws Exception {
        assertThat(key("{{year}}/{{month}}/{{day}}/{{hour}}", delivery(null, requestedAt, Map.of())))
                .isEqualTo(expected);
    }

    @Test
    void a_name_is_the_id_and_the_file_name() throws Exception {
        assertThat(key("a/{{ name }}", delivery("r.csv", Instant.EPOCH, Map.of())))
                .isEqualTo("a/d-1-r.csv");
        assertThat(key("a/{{name}}", delivery(null, Instant.EPOCH, Map.of()))).isEqualTo("a/d-1");
        assertThat(key("a/{{name}}", delivery("  ", Instant.EPOCH, Map.of()))).isEqualTo("a/d-1");
    }

    @Test
    void of_a_long_file_name_the_end_stays() throws Exception {
        String key = key("{{name}}", delivery("ü".repeat(300) + ".csv", Instant.EPOCH, Map.of()));

        assertThat(key).startsWith("d-1-ü").endsWith("ü.csv").hasSizeLessThan(110);
    }

    @ParameterizedTest
    @CsvSource({
        "../../etc/passwd, .._.._etc_passwd",
        "a\\b, a_b",
        "'a\nb', a_b",
        ".., _",
        "., _",
        "' ', _",
        "Müller 🚚, Müller 🚚"
    })
    void no_value_reaches_another_level(String value, String expected) throws Exception {
        assertThat(key("x/{{metadata.v}}", delivery(null, Instant.EPOCH, Map.of("v", value))))
                .isEqualTo("x/" + expected);
    }

    @Test
    void a_value_that_is_missing_is_told() {
        assertThatThrownBy(() -> key("{{metadata.v}}", delivery(null, Instant.EPOCH, Map.of())))
                .isInstanceOf(ObjectTemplate.MissingPlaceException.class)
                .hasMessageContaining("metadata.v");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{now}}", "{{metadata.}}", "{{batchId}}", "{{payload.text}}", "a{{b", "a}}b", "a\nb"})
    void a_place_that_there_is_not_is_refused(String template) {
        assertThatIllegalArgumentException().isThrownBy(() -> ObjectTemplate.ofDelivery(template));
    }

    @Test
    void a_batch_needs_its_id() {
        assertThatIllegalArgumentException().isThrownBy(() -> ObjectTemplate.ofBatch("a/{{year}}"));
        assertThatIllegalArgumentException().isThrownBy(() -> ObjectTemplate.ofBatch("a/{{batchId}}-{{name}}"));
        assertThat(ObjectTemplate.ofBatch("a/{{batchId}}").prefix()).isEqualTo("a/");
    }

    @Test
    void only_what_names_the_delivery_is_distinct() {
        assertThat(ObjectTemplate.ofDelivery("{{year}}/{{deliveryId}}").isDistinct())
                .isTrue();
        assertThat(ObjectTemplate.ofDelivery("{{name}}").isDistinct()).isTrue();
        assertThat(ObjectTemplate.ofDelivery("{{payload.filename}}").isDistinct())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/a", "a/", "a//b", "a/./b", "../a", "a/.."})
    void keys_that_clients_misread_are_refused(String key) {
        assertThatIllegalArgumentException().isThrownBy(() -> ObjectKey.check(key));
    }

    @Test
    void a_key_has_1024_bytes_at_most() {
        assertThat(ObjectKey.check("ü".repeat(512))).hasSize(512);
        assertThatIllegalArgumentException().isThrownBy(() -> ObjectKey.check("ü".repeat(512) + "a"));
    }

    @Test
    void metadata_is_visible_ascii_of_limited_length() {
        assertThat(ObjectLabels.metadata("Müller\r\nX: y")).isEqualTo("M%C3%BCller%0D%0AX: y");
        assertThat(ObjectLabels.metadata("x".repeat(513))).hasSize(512);
    }

    @Test
    void tags_have_the_characters_that_s3_allows() {
        assertThat(ObjectLabels.tag("a b+c-d=e.f_g:h/i@j")).isEqualTo("a b+c-d=e.f_g:h/i@j");
        assertThat(ObjectLabels.tag("a<b>&\nc")).isEqualTo("a_b___c");
        assertThat(ObjectLabels.tag("x".repeat(257))).hasSize(256);
    }
}
