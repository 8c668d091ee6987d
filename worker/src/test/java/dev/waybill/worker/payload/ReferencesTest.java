package dev.waybill.worker.payload;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReferencesTest {

    private final References references = new References(
            List.of(Path.of("/exports"), Path.of("/mnt/reports")),
            List.of("Files.example.com", "store.example.com:8443", "*.cdn.example.com"));

    @ParameterizedTest
    @CsvSource({
        "file:///exports/a.csv, true",
        "file:/exports/acme/2026/a%20b.csv, true",
        "FILE:///mnt/reports/x, true",
        "file:///exports, false",
        "file:///exports/../etc/passwd, false",
        "file:///exports/%2e%2e/etc/passwd, false",
        "file:///exportsecret/a, false",
        "file:///etc/passwd, false",
        "file://server/exports/a, false",
        "file:exports/a, false",
        "file:///exports/a?x=1, false",
        "file:///exports/a%00b, false",
        "https://files.example.com/a?token=1, true",
        "http://FILES.example.com:8080/a, true",
        "https://store.example.com:8443/a, true",
        "https://store.example.com/a, false",
        "https://eu.cdn.example.com/a, true",
        "https://cdn.example.com/a, false",
        "https://evilcdn.example.com/a, false",
        "https://files.example.com.evil.org/a, false",
        "https://user:password@files.example.com/a, false",
        "https://files.example.com/a#part, false",
        "https://169.254.169.254/latest, false",
        "ftp://files.example.com/a, false",
        "jar:file:///exports/a!/b, false",
        "'', false",
        "::, false",
    })
    void onlyWhatIsListedMayBeOpened(String uri, boolean allowed) {
        assertThat(references.allows(uri)).isEqualTo(allowed);
    }

    @Test
    void nothingMayByDefault() {
        References none = new References(List.of(), List.of());
        assertThat(none.allows("file:///exports/a.csv")).isFalse();
        assertThat(none.allows("https://files.example.com/a")).isFalse();
    }
}
