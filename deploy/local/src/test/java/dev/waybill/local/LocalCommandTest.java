package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.local.demo.DemoCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands that the demo ends with, run as they are printed: by a shell, with only the ports replaced by free
/// ones.
class LocalCommandTest {

    private static final Duration READY_MAX = Duration.ofSeconds(90);
    private static final Duration COMMAND_MAX = Duration.ofSeconds(60);
    private static final Duration STOP_MAX = Duration.ofSeconds(40);
    private static final Pattern REST = Pattern.compile("its REST is at (http://\\S+[0-9])");
    private static final Pattern RECEIVER = Pattern.compile("what comes to (http://\\S+/)");

    @TempDir
    Path folder;

    @Test
    void the_commands_that_the_demo_prints_work() throws Exception {
        launcher();
        List<String> commands = DemoCommand.NEXT;
        assertThat(commands).hasSize(3);
        Path log = folder.resolve("local.out");
        // exec: the signal must reach the command, not the shell.
        Process local = shell("exec " + commands.get(0) + " --free-ports", log, "");
        try {
            String url = await(REST, log);
            String receiver = await(RECEIVER, log);
            String put = commands.get(1).replace("http://127.0.0.1:8090/", receiver);
            assertThat(put).isNotEqualTo(commands.get(1));
            for (String command : List.of(put, commands.get(2))) {
                Path output = folder.resolve("command.out");
                Process process = shell(command, output, url);
                assertThat(process.waitFor(COMMAND_MAX.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                assertThat(process.exitValue()).as(Files.readString(output)).isZero();
            }
            assertThat(Files.readString(folder.resolve("command.out"))).contains("DELIVERED");
            assertThat(Files.readString(log)).contains("18 bytes of");
        } finally {
            local.destroy();
            if (!local.waitFor(STOP_MAX.toSeconds(), TimeUnit.SECONDS)) {
                local.destroyForcibly();
            }
        }
        assertThat(Files.readString(log)).contains("Stopping");
        assertThat(folder.toFile().list())
                .as("everything that is kept is in the folder that --data names")
                .containsExactlyInAnyOrder("waybill", "local.out", "command.out", "waybill-data");
    }

    /// Stands where the launcher does, and starts what was compiled.
    private void launcher() throws IOException {
        Path script = folder.resolve("waybill");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Files.writeString(
                script,
                "#!/bin/sh\nexec '" + java + "' -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
                        + " --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED -cp '"
                        + System.getProperty("java.class.path") + "' dev.waybill.local.Main \"$@\"\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
    }

    private Process shell(String command, Path output, String url) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        if (!url.isEmpty()) {
            builder.environment().put("WAYBILL_URL", url);
        }
        return builder.start();
    }

    private static String await(Pattern pattern, Path log) {
        List<String> found = new ArrayList<>();
        Awaitility.await().alias("output in " + log).atMost(READY_MAX).until(() -> {
            Matcher matcher = pattern.matcher(Files.readString(log, StandardCharsets.UTF_8));
            if (matcher.find()) {
                found.add(matcher.group(1));
            }
            return !found.isEmpty();
        });
        return found.getFirst();
    }
}
