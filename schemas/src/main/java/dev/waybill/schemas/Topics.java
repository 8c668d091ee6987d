package dev.waybill.schemas;

/// Names of the topics under one prefix. They are API: a rename needs a migration.
public record Topics(String prefix) {

    public static final String DEFAULT_PREFIX = "delivery.";

    /// Requests, keyed by organization. More topics of the same kind may be configured.
    public String requests() {
        return prefix + "requests";
    }

    /// Compacted, one partition, keyed by [Keys#destination].
    public String destinations() {
        return prefix + "destinations";
    }

    /// Compacted, one partition, keyed by [Keys#rule].
    public String rules() {
        return prefix + "rules";
    }

    /// Compacted, one partition, keyed by template id.
    public String templates() {
        return prefix + "templates";
    }

    /// Instructions to the sink processor of a kind, keyed by [Keys#destination].
    public String tasks(Kind kind) {
        return prefix + "tasks." + kind.wireName();
    }

    /// Tasks that wait for a fixed delay, keyed by [Keys#destination].
    public String retries(RetryDelay delay) {
        return prefix + "retries." + delay.label();
    }

    /// What comes back to the router, keyed by organization.
    public String returns() {
        return prefix + "returns";
    }

    /// Every event of a route, keyed by delivery id.
    public String attempts() {
        return prefix + "attempts";
    }

    /// One terminal fact per delivery, keyed by delivery id.
    public String results() {
        return prefix + "results";
    }

    /// Tasks given up and bytes that could not be read, keyed by delivery id where it is known.
    public String deadLetters() {
        return prefix + "dead-letters";
    }

    /// Open breakers; compacted, keyed by [Keys#destination].
    public String destinationHealth() {
        return prefix + "destination-health";
    }

    /// The last connection test of each destination; compacted, one partition, keyed by [Keys#destination].
    public String destinationTests() {
        return prefix + "destination-tests";
    }

    /// Target states of the sink processors; compacted, keyed by kind.
    public String control() {
        return prefix + "control";
    }

    /// Names the schema of the router's state of open deliveries; its changelog is named by Kafka Streams.
    public String openDeliveries() {
        return prefix + "open-deliveries";
    }
}
