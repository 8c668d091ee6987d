package dev.waybill.worker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.policy.Policy;
import dev.waybill.topology.policy.SchedulePreset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyPageTest {

    private static String page() throws IOException {
        return Files.readString(Path.of("..", "docs", "policies.md"));
    }

    @Test
    void thePageNamesEveryFieldAndNoOther() throws IOException {
        String page = page();
        String table = page.substring(page.indexOf("| field |"), page.indexOf("| schedule |"));
        assertThat(PolicyJson.FIELDS).allSatisfy(field -> assertThat(table).contains("`" + field + "`"));
        assertThat(table.lines().skip(2).filter(line -> line.startsWith("| `"))).allSatisfy(line -> {
            String names = line.split("\\|", -1)[1];
            assertThat(PolicyJson.FIELDS)
                    .containsAll(List.of(names.strip().replace("`", "").split(", ", -1)));
        });
    }

    @Test
    void thePageTellsTheDefaultsAndPresetsThatHold() throws IOException {
        String page = page();
        assertThat(page)
                .contains("| `maxAttempts` | " + Policy.defaults(Kind.WEBHOOK).maxAttempts());
        assertThat(page)
                .contains("| `concurrency` | "
                        + Policy.defaults(Kind.WEBHOOK).concurrency().cap());
        for (SchedulePreset preset : SchedulePreset.values()) {
            assertThat(page.lines().filter(line -> line.startsWith("| `" + preset.wireName() + "`")))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("| " + preset.attempts() + " |"));
        }
    }
}
