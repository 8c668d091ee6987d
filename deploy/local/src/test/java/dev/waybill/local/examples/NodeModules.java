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

/// Packages that a folder pins, installed once under `target`.
public final class NodeModules {

    public static final Path EXAMPLE =
            Path.of("../../docs/examples/node").toAbsolutePath().normalize();

    /// Those of the Node example.
    private static final NodeModules OF_EXAMPLE = new NodeModules(EXAMPLE, "npm");

    /// A first installation takes about 20 s.
    private static final Duration INSTALL_TIMEOUT = Duration.ofMinutes(5);

    private final Path pins;
    private final Path installed;

    /// Takes what a folder pins.
    ///
    /// @param pins with `package.json` and `package-lock.json`
    /// @param name of the folder under `target`
    public NodeModules(Path pins, String name) {
        this.pins = pins;
        this.installed = Path.of("target", name).toAbsolutePath();
    }

    /// Runs a program where it finds the packages of the Node example.
    public static Programs.Ended run(Path program, Duration timeout, String... arguments) throws IOException {
        return OF_EXAMPLE.runHere(program, timeout, arguments);
    }

    /// Runs a program where it finds the packages.
    public Programs.Ended runHere(Path program, Duration timeout, String... arguments) throws IOException {
        assumeTrue(Programs.exist("node", "npm"), "node and npm are not installed");
        install();
        Path copy = installed.resolve(program.getFileName());
        Files.copy(program, copy, StandardCopyOption.REPLACE_EXISTING);
        var command = new ArrayList<>(List.of("node", copy.toString()));
        command.addAll(List.of(arguments));
        return Programs.run(installed, timeout, command);
    }

    private synchronized void install() throws IOException {
        Path lock = installed.resolve("package-lock.json");
        Path done = installed.resolve("installed");
        if (Files.exists(done) && Files.mismatch(lock, pins.resolve("package-lock.json")) < 0) {
            return;
        }
        Files.createDirectories(installed);
        Files.deleteIfExists(done);
        for (String file : List.of("package.json", "package-lock.json")) {
            Files.copy(pins.resolve(file), installed.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        var ended = Programs.run(
                installed,
                INSTALL_TIMEOUT,
                List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", installed.toString()));
        assertThat(ended.exitCode()).as(() -> String.join("\n", ended.output())).isZero();
        Files.createFile(done);
    }
}
