package dev.waybill.worker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/// The committed pages are what the code says.
class SettingsPageTest {

    private static final Path ROOT = Path.of("..");

    @Test
    void the_reference_page_is_current() throws IOException {
        assertThat(Files.readString(ROOT.resolve("docs/configuration.md")))
                .as("run ./waybill settings > docs/configuration.md")
                .isEqualTo(SettingsPage.markdown());
    }

    @Test
    void the_properties_file_is_current() throws IOException {
        assertThat(Files.readString(ROOT.resolve("worker/src/main/dist/config/worker.properties")))
                .as("run ./waybill settings --properties > worker/src/main/dist/config/worker.properties")
                .isEqualTo(SettingsPage.properties());
    }

    @Test
    void the_properties_file_is_valid_with_every_comment_taken_away() throws IOException {
        String all = SettingsPage.properties().replaceAll("(?m)^#([a-z.]+=)", "$1");
        Properties properties = new Properties();
        properties.load(new StringReader(all));
        Map<String, String> given = new HashMap<>();
        properties.stringPropertyNames().forEach(key -> given.put(key, properties.getProperty(key)));
        assertThat(given.keySet()).isEqualTo(Settings.definition().names());
        assertThat(WorkerConfig.of(given, Map.of()).topics().partitions()).isEqualTo(12);
    }
}
