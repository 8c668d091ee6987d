package dev.waybill.local.system;

/// What a test measured. `./waybill verify` shows these lines at its end.
final class Figures {

    private static final String MARK = "figure: ";

    private Figures() {}

    static void print(String format, Object... values) {
        System.out.printf(MARK + format + "%n", values);
    }
}
