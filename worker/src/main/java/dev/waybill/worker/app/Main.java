package dev.waybill.worker.app;

/// The worker's process.
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        System.out.println("waybill " + Version.current());
    }
}
