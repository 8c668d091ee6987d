package dev.waybill.worker.payload;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/// Takes payloads from files below the folders that are allowed.
record FileSource(List<Path> roots) {

    FileSource {
        roots = List.copyOf(roots);
    }

    /// Copies the file into the spool. One that changes meanwhile is not taken.
    Spool.Kept take(Path path, Spool spool) throws IOException, FetchException {
        try {
            Path real = inside(path);
            BasicFileAttributes before = attributes(real);
            if (!before.isRegularFile()) {
                throw missing("payload_not_a_file", "payload.uri does not name a file");
            }
            Spool.Kept kept;
            try (InputStream in = Files.newInputStream(real, LinkOption.NOFOLLOW_LINKS)) {
                kept = spool.keep(in);
            }
            BasicFileAttributes after = attributes(real);
            if (before.size() != kept.size()
                    || after.size() != kept.size()
                    || !before.lastModifiedTime().equals(after.lastModifiedTime())) {
                kept.remove();
                throw new FetchException(new Outcome.OurFault(Fault.of(
                        ErrorCategory.PAYLOAD, "payload_being_written", "the file changed while it was read")));
            }
            return kept;
        } catch (NoSuchFileException _) {
            throw missing("payload_not_found", "there is no such file");
        } catch (AccessDeniedException _) {
            throw missing("payload_forbidden", "the worker may not read the file");
        }
    }

    private static BasicFileAttributes attributes(Path real) throws IOException {
        return Files.readAttributes(real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    /// Where the path really leads, which must be in one of the folders.
    private Path inside(Path path) throws IOException, FetchException {
        Path real = real(path);
        for (Path root : roots) {
            if (Files.isDirectory(root) && real.startsWith(root.toRealPath())) {
                return real;
            }
        }
        throw missing("payload_not_allowed", "a link leads out of payload.file.roots");
    }

    private static Path real(Path path) throws IOException, FetchException {
        try {
            return path.toRealPath();
        } catch (NoSuchFileException | AccessDeniedException e) {
            throw e;
        } catch (FileSystemException e) {
            // A file where a folder should be, a name too long, links in a circle.
            throw missing("payload_not_found", "payload.uri leads nowhere: " + e.getReason());
        }
    }

    private static FetchException missing(String code, String message) {
        return new FetchException(new Outcome.Permanent(Fault.of(ErrorCategory.PAYLOAD, code, message)));
    }
}
