package dev.waybill.worker.sink.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A directory to write to, and the organization's part of a root, which it must not leave.
///
/// @param root      one of `file.roots`
/// @param own       the organization's directory, directly below the root
/// @param directory in `own`, or `own` itself
record FileTarget(Path root, Path own, Path directory) {

    /// Where files are written before they get their name: on the same file system, out of sight of who reads
    /// the directory.
    private static final String PARTS = ".waybill-parts";

    /// Makes the directory where it is missing, and makes sure that no link leads out of the organization's
    /// part.
    ///
    /// The root itself is never made: when it is missing, a mount is.
    ///
    /// @throws NoSuchFileException  if the root is missing
    /// @throws PathEscapesException if a link leads elsewhere
    Path prepare() throws IOException {
        Path realOwn = root.toRealPath().resolve(root.relativize(own));
        Path existing = existingAncestor(directory);
        if (existing.startsWith(own)) {
            requireInside(existing.toRealPath(), realOwn);
        }
        Files.createDirectories(directory);
        Path real = directory.toRealPath();
        requireInside(real, realOwn);
        Files.createDirectories(parts(real));
        return real;
    }

    /// Where the parts of a prepared directory are.
    static Path parts(Path real) {
        return real.resolve(PARTS);
    }

    private static Path existingAncestor(Path path) throws NoSuchFileException {
        for (Path p = path; p != null; p = p.getParent()) {
            if (Files.exists(p, LinkOption.NOFOLLOW_LINKS)) {
                return p;
            }
        }
        throw new NoSuchFileException(path.toString());
    }

    private static void requireInside(Path real, Path own) throws PathEscapesException {
        if (!real.startsWith(own)) {
            throw new PathEscapesException();
        }
    }

    /// A link leads out of the organization's directory.
    static final class PathEscapesException extends IOException {
        private static final long serialVersionUID = 1;

        PathEscapesException() {
            super("a link leads out of the organization's directory");
        }
    }
}
