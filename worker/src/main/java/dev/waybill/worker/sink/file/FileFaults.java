package dev.waybill.worker.sink.file;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

/// Decides what a failure of the file system means.
///
/// The directory belongs to the operator, who can mend it, and a retry costs nothing: so all but links that lead out
/// are tried again. What failed when readers could see it already is ambiguous. Java tells a full disk from others
/// only by its text.
final class FileFaults {

    private FileFaults() {}

    static Outcome.Failed of(IOException e) {
        return switch (e) {
            case UnsureException _ ->
                new Outcome.Ambiguous(fault(
                        ErrorCategory.CONNECTION_LOST,
                        "file_not_kept",
                        "what was written may not stay there ("
                                + byText(e).fault().code() + ")"));
            case FileTarget.PathEscapesException _ ->
                new Outcome.Permanent(
                        fault(ErrorCategory.CONFIGURATION, "file_path_escapes", String.valueOf(e.getMessage())));
            case AccessDeniedException _ ->
                retryable(ErrorCategory.CONFIGURATION, "file_permission_denied", "the worker may not write there");
            case NoSuchFileException _ ->
                retryable(ErrorCategory.CONFIGURATION, "file_root_missing", "the directory of file.roots is not there");
            default -> byText(e);
        };
    }

    private static Outcome.Failed byText(IOException e) {
        String reason = e instanceof FileSystemException fs ? fs.getReason() : e.getMessage();
        String text = String.valueOf(reason).toLowerCase(Locale.ROOT);
        if (text.contains("no space left") || text.contains("quota exceeded")) {
            return retryable(ErrorCategory.CAPACITY, "file_disk_full", "there is no space left");
        }
        if (text.contains("read-only")) {
            return retryable(ErrorCategory.CONFIGURATION, "file_read_only", "the file system is read-only");
        }
        return retryable(
                ErrorCategory.CONNECT,
                "file_io",
                "the file system failed (" + e.getClass().getSimpleName() + ")");
    }

    static Outcome.Failed conflict(String name) {
        return new Outcome.Permanent(fault(
                ErrorCategory.PAYLOAD, "file_exists", "a file " + name + " with another content is already there"));
    }

    private static Outcome.Failed retryable(ErrorCategory category, String code, String message) {
        return new Outcome.Retryable(fault(category, code, message), null);
    }

    private static Fault fault(ErrorCategory category, String code, String message) {
        return Fault.of(category, code, message);
    }
}
