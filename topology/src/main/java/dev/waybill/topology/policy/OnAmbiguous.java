package dev.waybill.topology.policy;

/// What an ambiguous outcome means to a destination: may the payload arrive twice, or rather not at all?
public enum OnAmbiguous {
    RETRY,
    STOP
}
