package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.worker.app.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The archive that `package` makes runs on its own, without Maven and outside this folder.
class DistributionIT {

    @TempDir
    static Path folder;

    static Path home;

    @BeforeAll
    static void unpack() throws Exception {
        String name = "waybill-" + Version.current();
        Path archive = Path.of("../../worker/target", name + ".tar.gz").toAbsolutePath();
        run("tar", "-xzf", archive.toString(), "-C", folder.toString());
        home = folder.resolve(name);
    }

    @Test
    void holds_what_an_operator_needs() {
        assertThat(home.resolve("bin/waybill")).isExecutable();
        assertThat(home.resolve("config/worker.properties")).isNotEmptyFile();
        assertThat(home.resolve("LICENSE")).content().contains("Apache License");
        assertThat(home.resolve("lib")).isDirectoryContaining("glob:**/waybill-worker-*.jar");
    }

    @Test
    void starts_from_any_folder() throws Exception {
        assertThat(run(home.resolve("bin/waybill").toString(), "--version")).contains(Version.current());
    }

    @Test
    void health_check_fails_when_nothing_answers() throws Exception {
        Process check = new ProcessBuilder(home.resolve("bin/waybill").toString(), "healthcheck", "1").start();
        assertThat(check.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(check.exitValue()).isNotZero();
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "run", ".log");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        return Files.readString(output);
    }
}
