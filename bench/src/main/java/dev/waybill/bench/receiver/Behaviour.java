package dev.waybill.bench.receiver;

/// How a destination answers. It is written into the path of its URL, so that the receiver knows nothing of
/// destinations.
public sealed interface Behaviour {

    /// Accepts after a while, but the first request of some deliveries.
    ///
    /// @param failing of a hundred deliveries
    record Accept(int latencyMillis, int failing) implements Behaviour {}

    /// Takes the request and never answers.
    record Hang() implements Behaviour {}

    /// Begins an answer and goes on with a byte a second.
    record Drip() implements Behaviour {}

    /// Answers 500, always.
    record Refuse() implements Behaviour {}

    default String path() {
        return switch (this) {
            case Accept(int latency, int failing) -> "/accept/" + latency + "/" + failing;
            case Hang() -> "/hang";
            case Drip() -> "/drip";
            case Refuse() -> "/refuse";
        };
    }

    /// The behaviour that a path asks for.
    static Behaviour of(String path) {
        String[] parts = path.split("/", -1);
        return switch (parts[1]) {
            case "hang" -> new Hang();
            case "drip" -> new Drip();
            case "refuse" -> new Refuse();
            case "accept" -> new Accept(Integer.parseInt(parts[2]), Integer.parseInt(parts[3]));
            default -> throw new IllegalArgumentException("no behaviour: " + path);
        };
    }
}
