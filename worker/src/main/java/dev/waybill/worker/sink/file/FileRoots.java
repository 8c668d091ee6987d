package dev.waybill.worker.sink.file;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/// The directories of the worker that destinations may write below, each organization in a subdirectory named
/// by its id. None is configured by default.
///
/// ```
///   file.roots      /exports
///   organization    acme
///   directory       reports/daily   or   /exports/acme/reports/daily
///   written to      /exports/acme/reports/daily
/// ```
public record FileRoots(List<Path> roots) {

    public FileRoots {
        roots = roots.stream().map(root -> root.toAbsolutePath().normalize()).toList();
    }

    /// Where a destination writes, by its setting alone; links are looked at when it writes.
    ///
    /// @throws IllegalArgumentException if that is not below the organization's part of a root
    FileTarget target(String organizationId, String directory) {
        if (roots.isEmpty()) {
            throw new IllegalArgumentException("cannot be used: this worker has no file.roots");
        }
        for (Path root : roots) {
            Path own = root.resolve(organizationId).normalize();
            Path wanted = parse(own, directory);
            if (root.equals(own.getParent()) && wanted.startsWith(own)) {
                return new FileTarget(root, own, wanted);
            }
        }
        throw new IllegalArgumentException(
                "must be relative without .., or lie in the organization's directory below one of file.roots");
    }

    private static Path parse(Path own, String directory) {
        try {
            return own.resolve(directory).normalize();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("must be a path", e);
        }
    }
}
