package dev.waybill.worker.topics;

/// Something about a topic that is not as it should be.
///
/// @param remedy what to do about it
public record Finding(String topic, Severity severity, String problem, String remedy) {

    /// How bad it is.
    public enum Severity {
        /// A worker cannot run so.
        ERROR,
        /// It runs, but a promise is weaker than it should be.
        WARNING
    }

    /// One line for people.
    public String line() {
        return topic + ": " + problem + "; " + remedy;
    }
}
