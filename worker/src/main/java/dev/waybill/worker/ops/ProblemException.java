package dev.waybill.worker.ops;

import io.javalin.http.HttpStatus;
import java.util.List;

/// An answer that is not what was asked for, as RFC 9457 writes it.
final class ProblemException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final HttpStatus status;
    private final transient List<Fault> faults;

    ProblemException(HttpStatus status, String detail, List<Fault> faults) {
        super(detail);
        this.status = status;
        this.faults = List.copyOf(faults);
    }

    ProblemException(HttpStatus status, String detail) {
        this(status, detail, List.of());
    }

    static ProblemException notFound(String what) {
        return new ProblemException(HttpStatus.NOT_FOUND, what);
    }

    static ProblemException badRequest(String detail) {
        return new ProblemException(HttpStatus.BAD_REQUEST, detail);
    }

    static ProblemException conflict(String detail) {
        return new ProblemException(HttpStatus.CONFLICT, detail);
    }

    static ProblemException invalid(List<Fault> faults) {
        return new ProblemException(
                HttpStatus.UNPROCESSABLE_CONTENT,
                faults.size() == 1 ? "one field is wrong" : faults.size() + " fields are wrong",
                faults);
    }

    HttpStatus status() {
        return status;
    }

    List<Fault> faults() {
        return faults;
    }
}
