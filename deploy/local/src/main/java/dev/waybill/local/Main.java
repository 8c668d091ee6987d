package dev.waybill.local;

import dev.waybill.worker.app.Version;

/// The command line.
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        System.out.println("waybill " + Version.current());
    }
}
