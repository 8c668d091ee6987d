package dev.waybill.worker.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.worker.config.WorkerConfig;
import dev.waybill.worker.sink.BatchSettings;
import dev.waybill.worker.sink.SinkProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The README lists the providers that a worker has, and each has a page. `-Ddocs.write=true` writes the list.
class ProvidersTableTest {

    private static final Path ROOT = Path.of("..");
    private static final String BEGIN = "<!-- providers -->\n";
    private static final String END = "<!-- /providers -->\n";

    @TempDir
    Path folder;

    @Test
    void the_readme_lists_what_a_worker_has() throws IOException {
        Map<String, String> settings = Map.of(
                "bootstrap.servers",
                "broker:9092",
                "schema.registry.url",
                "http://registry:8081",
                "secrets.root",
                folder.resolve("secrets").toString(),
                "payload.spool.dir",
                folder.resolve("spool").toString());
        try (Sinks sinks = Sinks.open(WorkerConfig.of(settings, Map.of()))) {
            assertThat(sinks.providers())
                    .allSatisfy(
                            provider -> assertThat(ROOT.resolve(page(provider))).exists());
            Path readme = ROOT.resolve("README.md");
            String text = Files.readString(readme);
            String expected = text.substring(0, text.indexOf(BEGIN) + BEGIN.length())
                    + table(sinks.providers())
                    + text.substring(text.indexOf(END));
            if (Boolean.getBoolean("docs.write")) {
                Files.writeString(readme, expected);
            }
            assertThat(Files.readString(readme)).isEqualTo(expected);
        }
    }

    private static String table(List<SinkProvider> providers) {
        return "| kind | provider | settings that it needs | several payloads in one call |\n|---|---|---|---|\n"
                + providers.stream()
                        .sorted(Comparator.comparing(SinkProvider::kind).thenComparing(SinkProvider::provider))
                        .map(ProvidersTableTest::row)
                        .collect(Collectors.joining());
    }

    private static String row(SinkProvider provider) {
        return "| `%s` | [%s](%s) | %s | %s |\n"
                .formatted(
                        provider.kind().wireName(),
                        provider.provider(),
                        page(provider),
                        provider.settings().configKeys().values().stream()
                                .filter(key -> !key.hasDefault())
                                .map(key -> "`" + key.name + "`")
                                .sorted()
                                .collect(Collectors.joining(", ")),
                        together(provider.settings().configKeys().get(BatchSettings.FORMAT)));
    }

    private static String page(SinkProvider provider) {
        return "docs/providers/" + provider.provider() + ".md";
    }

    /// The formats that the setting allows, as its validator prints them.
    private static String together(ConfigDef.@Nullable ConfigKey format) {
        return format == null
                ? ""
                : format.validator.toString().replaceAll("[\\[\\]]", "").replace(BatchSettings.NONE + ", ", "");
    }
}
