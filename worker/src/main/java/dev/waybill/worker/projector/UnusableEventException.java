package dev.waybill.worker.projector;

/// A record that decodes, and says something no row can hold.
final class UnusableEventException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnusableEventException(String message) {
        super(message);
    }
}
