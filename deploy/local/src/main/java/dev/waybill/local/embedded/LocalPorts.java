package dev.waybill.local.embedded;

/// Where the embedded parts listen on loopback; 0 is any free port.
public record LocalPorts(int broker, int registry, int postgres) {

    /// The ports everybody expects.
    public static final LocalPorts USUAL = new LocalPorts(9092, 8081, 5432);

    public static final LocalPorts FREE = new LocalPorts(0, 0, 0);
}
