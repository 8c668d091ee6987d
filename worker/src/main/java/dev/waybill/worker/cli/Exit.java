package dev.waybill.worker.cli;

/// Exit codes of every command. They are API.
public final class Exit {

    public static final int OK = 0;

    /// It was tried and failed, or the answer is no.
    public static final int FAILED = 1;

    /// The command line or the configuration is wrong.
    public static final int USAGE = 2;

    /// Something the command needs is not there: a worker that answers, a broker, a runtime.
    public static final int MISSING = 3;

    private Exit() {}
}
