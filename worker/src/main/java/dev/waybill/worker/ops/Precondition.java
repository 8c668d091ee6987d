package dev.waybill.worker.ops;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the caller knew when it asked for a change, as RFC 9110, section 13.1, writes it: the change is refused if it
/// is
/// no longer so.
sealed interface Precondition {

    /// It is changed whatever is there.
    record None() implements Precondition {}

    /// There is something, in whatever version.
    record Exists() implements Precondition {}

    /// There is nothing yet.
    record Absent() implements Precondition {}

    /// It is still this version.
    record Version(long version) implements Precondition {}

    /// One strong tag: nothing here has two versions at once.
    Pattern ETAG = Pattern.compile("\"(\\d{1,18})\"");

    /// Reads `If-Match` and `If-None-Match`.
    static Precondition of(Context context) {
        String match = context.header("If-Match");
        String noneMatch = context.header("If-None-Match");
        if (match == null && noneMatch == null) {
            return new None();
        }
        if (match == null) {
            if (noneMatch.strip().equals("*")) {
                return new Absent();
            }
            throw ProblemException.badRequest("If-None-Match can only be *, which means: only if there is none yet");
        }
        Matcher tag = ETAG.matcher(match.strip());
        if (noneMatch != null || !(match.strip().equals("*") || tag.matches())) {
            throw ProblemException.badRequest("If-Match is an ETag that was answered, such as \"3\", or *");
        }
        return tag.matches() ? new Version(Long.parseLong(tag.group(1))) : new Exists();
    }

    /// Refuses the change if this does not hold.
    ///
    /// @param current the version there is; null for none
    /// @throws ProblemException if it does not hold
    default void require(@Nullable Long current) {
        boolean holds = switch (this) {
            case None() -> true;
            case Exists() -> current != null;
            case Absent() -> current == null;
            case Version(long version) -> current != null && current == version;
        };
        if (!holds) {
            throw new ProblemException(
                    HttpStatus.PRECONDITION_FAILED,
                    current == null
                            ? "there is none: it was deleted, or never made"
                            : "it is version " + current + " now: read it again, and decide anew");
        }
    }
}
