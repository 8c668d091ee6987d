package dev.waybill.worker.cli;

import dev.waybill.worker.sink.secret.SecretStore;
import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Writes secrets of organizations where the worker reads them. The value comes from standard input or a prompt, never
/// from the command line, which other users of the machine can see.
@Command(name = "secret", description = "Write secrets of an organization below secrets.root, on the worker's machine.")
public final class SecretCommand {

    /// A certificate chain with its key fits many times.
    private static final int BYTES_MAX = 256 * 1024;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /// Where the secrets are.
    static final class Root {
        @Mixin
        private ConfigFile file = new ConfigFile();

        @Option(
                names = "--secrets-root",
                paramLabel = "FOLDER",
                description = "secrets.root of the worker; without it, that of its configuration")
        private @Nullable Path root;

        SecretStore open() {
            return new SecretStore(root == null ? file.load().secrets().root() : root);
        }
    }

    @Command(description = "Write a secret and print the reference to put into a destination's settings.")
    int put(@Mixin Root root, @Mixin Organization organization, @Parameters(paramLabel = "KEY") String key)
            throws IOException {
        SecretStore store = root.open();
        return print(store.put(organization.id(), key, read()));
    }

    @Command(description = "Replace a secret; the one before stays valid for signatures until the next put.")
    int rotate(@Mixin Root root, @Mixin Organization organization, @Parameters(paramLabel = "KEY") String key)
            throws IOException {
        SecretStore store = root.open();
        try {
            return print(store.rotate(organization.id(), key, read()));
        } catch (NoSuchFileException _) {
            throw new CommandException(Exit.FAILED, "there is no secret " + key + " yet; put it first");
        }
    }

    private int print(Object reference) {
        spec.commandLine().getOut().println(reference);
        spec.commandLine().getOut().flush();
        return Exit.OK;
    }

    private static String read() throws IOException {
        Optional<Console> terminal = Optional.ofNullable(System.console()).filter(Console::isTerminal);
        if (terminal.isPresent()) {
            char[] typed = terminal.get().readPassword("Value: ");
            return typed == null ? "" : checked(new String(typed));
        }
        byte[] bytes = System.in.readNBytes(BYTES_MAX + 1);
        if (bytes.length > BYTES_MAX) {
            throw new CommandException(Exit.USAGE, "a secret has at most " + BYTES_MAX + " bytes");
        }
        return checked(new String(bytes, StandardCharsets.UTF_8).stripTrailing());
    }

    private static String checked(String value) {
        if (value.isEmpty()) {
            throw new CommandException(Exit.USAGE, "the secret is empty; give its value on standard input");
        }
        return value;
    }
}
