package dev.waybill.worker.projector;

import java.time.Duration;

/// What the projector counts. Called on the projector's threads; implementations only record.
public interface ProjectorMetrics {

    /// A batch is in the database.
    void projected(int records, int rows, Duration took);

    /// Somebody else got further with a partition; nothing of the batch was written.
    void discarded(int records);

    /// Claims on destinations that belong to another organization.
    void refused(int claims);

    /// Events older than the retention, left out.
    void expired(int events);

    /// Records that could not be projected, put into quarantine.
    void quarantined(int records);

    /// The projector waits for something, `postgres`, `registry` or `kafka`, and will try again.
    void unavailable(String what);

    /// Records of the partition that are not projected yet; now and then.
    void lag(String topic, int partition, long records);

    /// For those who do not count.
    ProjectorMetrics NONE = new ProjectorMetrics() {
        @Override
        public void projected(int records, int rows, Duration took) {}

        @Override
        public void discarded(int records) {}

        @Override
        public void refused(int claims) {}

        @Override
        public void expired(int events) {}

        @Override
        public void quarantined(int records) {}

        @Override
        public void unavailable(String what) {}

        @Override
        public void lag(String topic, int partition, long records) {}
    };
}
