package dev.waybill.schemas;

/// Bounds of what is written, which topics and producers share.
public final class RecordSizes {

    /// Bytes of the largest record: what the topics of tasks, retries, returns and dead letters allow.
    public static final int RECORD_MAX = 2 * 1024 * 1024;

    /// Bytes of a record that is put into another one, or written again with headers that explain it. A larger one
    /// could stop whoever has to pass it on.
    public static final int ENCLOSED_MAX = RECORD_MAX - 64 * 1024;

    private RecordSizes() {}
}
