package dev.waybill.worker.ops;

/// How far the router of this process has applied the configuration.
@FunctionalInterface
public interface RouterProgress {

    /// For a process without a router: nothing to wait for.
    RouterProgress NO_ROUTER = (_, _) -> true;

    /// Whether the record at the offset of a configuration topic holds for what is routed from now on.
    boolean hasApplied(String topic, long offset);
}
