package dev.waybill.worker.sink.smtp;

/// What a server was asked for when it refused.
enum Step {
    CONNECTION("the connection"),
    HELLO("the greeting"),
    STARTTLS("TLS"),
    AUTH("the credentials"),
    MAIL("the sender"),
    RCPT("a recipient"),
    DATA("to take a message"),
    MESSAGE("the message"),
    NOOP("a command");

    private final String what;

    Step(String what) {
        this.what = what;
    }

    /// For people: what it refused.
    String what() {
        return what;
    }
}
