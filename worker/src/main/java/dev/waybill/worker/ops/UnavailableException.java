package dev.waybill.worker.ops;

/// Something that an answer needs is away; the same question may be answered later.
public final class UnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public UnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
