package dev.waybill.worker.sink.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.model.Request;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Where a delivery goes: the same place for every attempt, and never out of it.
class TargetTest {

    private static final Instant OCCURRED = Instant.parse("2026-03-01T23:05:06Z");

    private static Request request(String type, @Nullable String filename, Map<String, String> metadata) {
        return new Request(
                "d-42",
                "acme",
                new Payload(type, "text/csv", Bytes.of(new byte[0]), null, filename),
                List.of(),
                null,
                List.of(),
                OCCURRED,
                null,
                "c-1",
                null,
                Map.of(),
                null,
                null,
                metadata,
                Instant.EPOCH,
                null);
    }

    private static Target target(String directory, @Nullable String name, Request request) throws Exception {
        return Target.of(
                PathTemplate.directory(directory), name == null ? null : PathTemplate.name(name), ".part", request);
    }

    @Test
    void values_of_the_delivery_and_its_time() throws Exception {
        Request request = request("audit.report", "r.csv", Map.of("region", "eu"));

        Target target =
                target("/in/{{date}}/{{metadata.region}}/", "{{payload.type}}-{{correlationId}}_{{time}}.csv", request);

        assertThat(target.path()).isEqualTo("/in/2026-03-01/eu/audit.report-c-1_230506.csv");
        assertThat(target.partPath()).startsWith(target.path() + ".").endsWith(".part");
        assertThat(target.directories()).containsExactly("/in", "/in/2026-03-01", "/in/2026-03-01/eu");
    }

    @Test
    void by_default_the_id_and_the_filename() throws Exception {
        assertThat(target("", null, request("t", null, Map.of())).path()).isEqualTo("d-42");
        assertThat(target(".", null, request("t", "r.csv", Map.of())).path()).isEqualTo("d-42-r.csv");
        assertThat(target("/", null, request("t", "r.csv", Map.of())).path()).isEqualTo("/d-42-r.csv");
    }

    @Test
    void two_deliveries_to_one_name_have_two_parts() throws Exception {
        Request one = request("t", null, Map.of());
        Request other = new Request(
                "d-43",
                "acme",
                one.payload(),
                List.of(),
                null,
                List.of(),
                OCCURRED,
                null,
                null,
                null,
                Map.of(),
                null,
                null,
                Map.of(),
                Instant.EPOCH,
                null);

        assertThat(target("", "report.csv", one).part())
                .isEqualTo(target("", "report.csv", one).part())
                .isNotEqualTo(target("", "report.csv", other).part());
    }

    @Test
    void no_value_leads_anywhere_else() throws Exception {
        for (String value : List.of("../../etc/passwd", "..\\x", "a/b", "/etc", "..", ".", "a\u0000b", "a\nb")) {
            Request request = request(value, value, Map.of("m", value));
            for (Target target : List.of(
                    target("in/{{payload.type}}", "{{metadata.m}}", request),
                    target("in/{{payload.type}}", null, request))) {
                assertThat(target.path().split("/")).as(value).hasSize(3).doesNotContain("..", ".", "");
                assertThat(target.path()).as(value).startsWith("in/").doesNotContain("\\", "\n", "\u0000");
            }
        }
    }

    @Test
    void values_that_make_two_dots_together_do_not() throws Exception {
        Request request = request(".", null, Map.of("m", "."));

        assertThat(target("in/{{payload.type}}{{metadata.m}}/x", null, request).directory())
                .isEqualTo("in/__/x");
    }

    @Test
    void a_missing_value_is_named() {
        assertThatThrownBy(() -> target("{{metadata.region}}", null, request("t", null, Map.of())))
                .isInstanceOf(PathTemplate.MissingValueException.class)
                .hasMessageContaining("metadata.region");
    }

    @Test
    void long_names() throws Exception {
        String max = "x".repeat(Target.NAME_MAX);
        assertThat(target("", max, request("t", null, Map.of())).name()).hasSize(Target.NAME_MAX);
        assertThatThrownBy(() -> target("", max + "x", request("t", null, Map.of())))
                .isInstanceOf(Target.NameTooLongException.class);
        String cut = target("", null, request("t", "ä".repeat(300) + ".csv", Map.of()))
                .name();
        assertThat(cut).startsWith("d-42-").endsWith(".csv");
        assertThat(cut.getBytes(java.nio.charset.StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(Target.NAME_MAX);
    }

    @Test
    void templates_that_cannot_work_are_refused() {
        for (String directory : List.of("../x", "a/../b", "{{nothing}}", "{{x", "a\nb")) {
            assertThatThrownBy(() -> PathTemplate.directory(directory))
                    .as(directory)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (String name : List.of("", "a/b", "a\\b", "{{metadata.}}")) {
            assertThatThrownBy(() -> PathTemplate.name(name)).as(name).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_probe_goes_where_all_deliveries_begin() {
        assertThat(PathTemplate.directory("in/{{date}}/x").begin()).isEqualTo("in/");
        assertThat(PathTemplate.directory("in/a-{{date}}").begin()).isEqualTo("in/");
        assertThat(PathTemplate.directory("{{date}}").begin()).isEmpty();
        assertThat(PathTemplate.directory("in/x").begin()).isEqualTo("in/x");
    }
}
