package dev.waybill.worker.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WantedTest {

    private static final KnownProviders PROVIDERS = new KnownProviders(Map.of(
            "webhook",
            List.of(
                    new KnownProviders.Setting("url", true, false),
                    new KnownProviders.Setting("headers.<name>", false, false),
                    new KnownProviders.Setting("signing.secret", false, true))));

    private static final String SETTINGS = "{\"url\": \"https://example.com\"}";

    private static String id(int number) {
        return "0000000" + number + "-0000-0000-0000-000000000000";
    }

    private static Source.Destination row(int number, Map<Field, String> more) {
        var values = new java.util.EnumMap<Field, String>(Field.class);
        values.put(Field.NAME, "d" + number);
        values.put(Field.PROVIDER, "webhook");
        values.put(Field.SETTINGS, SETTINGS);
        values.putAll(more);
        return new Source.Destination(id(number), "acme", values);
    }

    private static Source.Default isDefault(int number, boolean primary) {
        return new Source.Default("acme", id(number), primary);
    }

    private static Wanted wanted(List<Source.Destination> rows, Source.Default... defaults) {
        return Wanted.of(new Source(rows, List.of(defaults)), PROVIDERS).getFirst();
    }

    private static List<String> notes(Wanted wanted) {
        return wanted.notes().stream()
                .map(note -> (note.isLost() ? "! " : "") + note.subject() + ": " + note.text())
                .toList();
    }

    @Test
    void aDestinationIsReadWithAllItHas() {
        Wanted wanted = wanted(List.of(row(
                1,
                Map.of(
                        Field.PROVIDER,
                        " Webhook",
                        Field.SETTINGS,
                        "{\"url\": \"https://example.com\", \"headers.X-A\": 1, \"signing.secret\": \"${dir:/s:k}\","
                                + " \"other\": null}",
                        Field.ENABLED,
                        "false",
                        Field.REGION,
                        "eu",
                        Field.LABELS,
                        "{\"team\": \"sales\"}"))));
        assertThat(wanted.destinations())
                .containsExactly(new Wanted.Destination(
                        id(1),
                        "d1",
                        "webhook",
                        false,
                        Map.of("url", "https://example.com", "headers.X-A", "1", "signing.secret", "${dir:/s:k}"),
                        "eu",
                        Map.of("team", "sales")));
        assertThat(wanted.refused()).isEmpty();
        assertThat(wanted.notes()).isEmpty();
    }

    static List<Arguments> refused() {
        return List.of(
                Arguments.of(Map.of(Field.PROVIDER, "fax"), "provider: no such provider fax; known are webhook"),
                Arguments.of(Map.of(Field.PROVIDER, " "), "provider: is required"),
                Arguments.of(Map.of(Field.SETTINGS, "{}"), "settings.url: is required"),
                Arguments.of(
                        Map.of(Field.SETTINGS, "nonsense"), "settings: are no JSON object; settings.url: is required"),
                Arguments.of(Map.of(Field.SETTINGS, "[]"), "settings: are no JSON object; settings.url: is required"),
                Arguments.of(
                        Map.of(Field.SETTINGS, "{\"url\": {\"host\": \"x\"}}"),
                        "settings.url: is no single value; settings.url: is required"),
                Arguments.of(
                        Map.of(Field.SETTINGS, "{\"url\": \"https://example.com\", \"colour\": \"red\"}"),
                        "settings.colour: no such setting of webhook"),
                Arguments.of(
                        Map.of(Field.SETTINGS, "{\"url\": \"https://example.com\", \"signing.secret\": \"hush\"}"),
                        "settings.signing.secret: is a secret in clear text: put it with `waybill secret put`, and the"
                                + " destination with the reference"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void aRowThatIsNoDestinationBlocksNoOther(Map<Field, String> values, String reason) {
        Wanted wanted = wanted(List.of(row(1, values), row(2, Map.of())), isDefault(1, true), isDefault(2, false));
        assertThat(wanted.refused()).containsExactly(new Wanted.Refused(id(1), "d1", reason));
        assertThat(wanted.destinations()).extracting(Wanted.Destination::id).containsExactly(id(2));
        assertThat(wanted.defaults()).as("it may be there already").containsExactly(id(1), id(2));
        assertThat(wanted.toString()).doesNotContain("example.com", "hush");
    }

    static List<Arguments> defaults() {
        return List.of(
                Arguments.of(List.of("1", "2p", "3"), List.of(2, 1, 3), List.of()),
                Arguments.of(List.of("1p"), List.of(1), List.of()),
                Arguments.of(
                        List.of("3", "1"),
                        List.of(3, 1),
                        List.of("rule defaults: no default is primary there; the earliest becomes it: " + id(3))),
                Arguments.of(
                        List.of("1", "3p", "2p"),
                        List.of(3, 1, 2),
                        List.of("rule defaults: 2 defaults are primary there; the earliest stays it: " + id(3))),
                Arguments.of(
                        List.of("7p", "1"),
                        List.of(1),
                        List.of(
                                "! default " + id(7) + ": the organization has no such destination",
                                "rule defaults: no default is primary there; the earliest becomes it: " + id(1))),
                Arguments.of(List.of(), List.of(), List.of()));
    }

    @ParameterizedTest
    @MethodSource("defaults")
    void defaultsAreOneRule(List<String> given, List<Integer> ids, List<String> notes) {
        List<Source.Destination> rows = new ArrayList<>();
        for (int number = 1; number <= 3; number++) {
            rows.add(row(number, Map.of()));
        }
        Wanted wanted = wanted(
                rows,
                given.stream()
                        .map(one -> isDefault(one.charAt(0) - '0', one.endsWith("p")))
                        .toArray(Source.Default[]::new));
        assertThat(wanted.defaults()).isEqualTo(ids.stream().map(WantedTest::id).toList());
        assertThat(notes(wanted)).isEqualTo(notes);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "crm;crm,crm;crm-00000002",
                "Müller & Co,M-ller - Co",
                "\"\",imported-00000001",
                "_x,imported _x",
                "00000001-0000-0000-0000-000000000000,imported 00000001-0000-0000-0000-000000000000",
                "crm;crm;crm-00000002,crm;crm-00000002;crm-00000002-00000003",
            })
    void namesAreMadeToFit(String given, String names) {
        List<Source.Destination> rows = new ArrayList<>();
        for (String name : given.split(";", -1)) {
            rows.add(row(rows.size() + 1, Map.of(Field.NAME, name)));
        }
        assertThat(wanted(rows).destinations())
                .extracting(Wanted.Destination::name)
                .containsExactlyElementsOf(Arrays.asList(names.split(";", -1)));
        // The order of the rows does not matter.
        assertThat(wanted(rows.reversed()).destinations())
                .extracting(Wanted.Destination::name)
                .containsExactlyElementsOf(Arrays.asList(names.split(";", -1)));
    }

    @Test
    void whatIsDeletedThereIsLeftOut() {
        Wanted wanted =
                wanted(List.of(row(1, Map.of(Field.DELETED, "2026-01-01")), row(2, Map.of())), isDefault(1, true));
        assertThat(wanted.destinations()).hasSize(1);
        assertThat(wanted.defaults()).isEmpty();
        assertThat(notes(wanted))
                .containsExactly(
                        "destination " + id(1) + ": is deleted there, and left out",
                        "default " + id(1) + ": its destination is deleted there");
    }

    @Test
    void anOrganizationThatWaybillCannotNameIsLost() {
        Source.Destination row = new Source.Destination(id(1), "a/b", Map.of());
        assertThat(notes(wanted(List.of(row))))
                .containsExactly(
                        "! 1 destinations, 0 defaults: an organization matches" + " [A-Za-z0-9][A-Za-z0-9._-]{0,254}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "42", "00000001-0000-0000-0000-00000000000", "0000000A-0000-0000-0000-000000000000"})
    void aRowWhoseIdTheWorkerWouldTakeForANameIsRefused(String id) {
        Wanted wanted = wanted(
                List.of(new Source.Destination(id, "acme", row(1, Map.of()).values())));
        assertThat(wanted.destinations()).isEmpty();
        assertThat(wanted.refused()).containsExactly(new Wanted.Refused(id, "d1", "id: is no UUID in lower case"));
    }
}
