package dev.waybill.worker.sink.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A worker that has no destination at AWS does not pay for the SDK.
class LazySdkTest {

    /// Interfaces whose names stand in our signatures; a client loads some thousand classes.
    private static final int CLASSES_MAX = 40;

    @Test
    void providers_load_no_more_of_the_sdk_than_its_names() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load",
                        "-cp",
                        System.getProperty("java.class.path"),
                        IdleProviders.class.getName())
                .redirectErrorStream(true)
                .start();
        List<String> loaded =
                process.inputReader(StandardCharsets.UTF_8).lines().toList();

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(String.join("\n", loaded)).isZero();
        assertThat(loaded).anyMatch(line -> line.contains("dev.waybill.worker.sink.s3.S3Provider"));
        assertThat(loaded.stream()
                        .filter(line -> line.contains("] software.amazon.awssdk."))
                        .toList())
                .hasSizeLessThan(CLASSES_MAX)
                .noneMatch(line -> line.contains(".internal."));
    }
}
