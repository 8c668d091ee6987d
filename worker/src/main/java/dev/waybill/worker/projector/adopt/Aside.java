package dev.waybill.worker.projector.adopt;

/// Names under which tables wait. They say how far an adoption has got:
///
///     delivery_destinations -> delivery_destinations_adopting -> delivery_destinations_before_waybill
///     delivery_logs         -> delivery_logs_adopting         -> (dropped when it is empty)
final class Aside {

    private Aside() {}

    /// Set aside; its rows are still to be carried over.
    static String adopting(String name) {
        return name + "_adopting";
    }

    /// Its rows are carried over, and it is kept.
    static String adopted(String name) {
        return name + "_before_waybill";
    }
}
