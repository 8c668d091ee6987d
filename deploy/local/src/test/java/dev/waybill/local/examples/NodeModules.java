package dev.waybill.local.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The packages that the Node example pins, installed once under `target`.
public final class NodeModules {

    public static final Path EXAMPLE =
            Path.of("../../docs/examples/node").toAbsolutePath().normalize();

    private static final Path INSTALLED = Path.of("target", "npm").toAbsolutePath();

    /// A first installation takes about 20 s.
    private static final Duration INSTALL_TIMEOUT = Duration.ofMinutes(5);

    private NodeModules() {}

    /// Runs a program where it finds the packages.
    public static Programs.Ended run(Path program, Duration timeout, String... arguments) throws IOException {
        assumeTrue(Programs.exist("node", "npm"), "node and npm are not installed");
        install();
        Path copy = INSTALLED.resolve(program.getFileName());
        Files.copy(program, copy, StandardCopyOption.REPLACE_EXISTING);
        var command = new ArrayList<>(List.of("node", copy.toString()));
        command.addAll(List.of(arguments));
        return Programs.run(INSTALLED, timeout, command);
    }

    private static synchronized void install() throws IOException {
        Path lock = INSTALLED.resolve("package-lock.json");
        Path done = INSTALLED.resolve("installed");
        if (Files.exists(done) && Files.mismatch(lock, EXAMPLE.resolve("package-lock.json")) < 0) {
            return;
        }
        Files.createDirectories(INSTALLED);
        Files.deleteIfExists(done);
        for (String file : List.of("package.json", "package-lock.json")) {
            Files.copy(EXAMPLE.resolve(file), INSTALLED.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        var ended = Programs.run(
                INSTALLED,
                INSTALL_TIMEOUT,
                List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", INSTALLED.toString()));
        assertThat(ended.exitCode()).as(() -> String.join("\n", ended.output())).isZero();
        Files.createFile(done);
    }
}
