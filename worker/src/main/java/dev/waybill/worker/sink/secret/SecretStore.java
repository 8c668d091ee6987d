package dev.waybill.worker.sink.secret;

import dev.waybill.worker.sink.SecretReference;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Writes the secrets that the provider `dir` reads: one file per key in a directory per organization, for the
/// owner's eyes only.
///
/// ```
///   put:     key = new, key.previous gone
///   rotate:  key.previous = key, then key = new     a crash in between leaves both equal, which does no harm
/// ```
public final class SecretStore {

    private static final int KEY_MAX = 200;
    private static final FileAttribute<Set<PosixFilePermission>> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path root;

    public SecretStore(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /// Writes a secret and forgets the one before.
    ///
    /// @return the reference to put into a destination's settings
    public SecretReference put(String organizationId, String key, String secret) throws IOException {
        Path directory = directory(organizationId, key);
        write(directory, key, secret);
        Files.deleteIfExists(directory.resolve(key + ConfigProviderSecrets.PREVIOUS));
        return new SecretReference("dir", directory.toString(), key);
    }

    /// Writes a secret and keeps the one before: signatures are made with both until the next [#put].
    ///
    /// @return the reference, the same as before
    /// @throws java.nio.file.NoSuchFileException if there is no such secret yet
    public SecretReference rotate(String organizationId, String key, String secret) throws IOException {
        Path directory = directory(organizationId, key);
        String current = Files.readString(directory.resolve(key));
        write(directory, key + ConfigProviderSecrets.PREVIOUS, current);
        write(directory, key, secret);
        return new SecretReference("dir", directory.toString(), key);
    }

    private Path directory(String organizationId, String key) throws IOException {
        if (!OrganizationIds.isSafe(organizationId)) {
            throw new IllegalArgumentException("an organization's id has letters, digits, dots, hyphens, underscores");
        }
        if (!OrganizationIds.isSafe(key) || key.length() > KEY_MAX || key.endsWith(ConfigProviderSecrets.PREVIOUS)) {
            throw new IllegalArgumentException("a secret's key has up to " + KEY_MAX
                    + " letters, digits, dots, hyphens or underscores, and does not end in "
                    + ConfigProviderSecrets.PREVIOUS);
        }
        Path directory = root.resolve(organizationId);
        Files.createDirectories(directory, DIRECTORY);
        return directory;
    }

    private static void write(Path directory, String key, String secret) throws IOException {
        Path temporary = Files.createTempFile(directory, ".", ".new", FILE);
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = StandardCharsets.UTF_8.encode(secret);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(temporary, directory.resolve(key), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
