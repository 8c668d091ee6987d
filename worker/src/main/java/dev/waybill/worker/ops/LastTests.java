package dev.waybill.worker.ops;

import dev.waybill.avro.Destination;
import dev.waybill.avro.DestinationTest;
import dev.waybill.schemas.Keys;
import dev.waybill.schemas.Topics;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.ConnectionReport.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tests destinations and keeps what was found last of each, for everybody: in a topic.
///
/// A destination that is tested on a schedule is left alone while its last test failed, for two intervals at most: then
/// nobody seems to test it any more.
final class LastTests {

    private static final Logger LOG = LoggerFactory.getLogger(LastTests.class);

    private final Topics topics;
    private final ConfigurationView view;
    private final ConnectionTests tests;
    private final ConfigurationWriter writer;
    private final InstantSource clock;

    LastTests(
            Topics topics,
            ConfigurationView view,
            ConnectionTests tests,
            ConfigurationWriter writer,
            InstantSource clock) {
        this.topics = topics;
        this.view = view;
        this.tests = tests;
        this.writer = writer;
        this.clock = clock;
    }

    /// Makes a test and keeps what it found.
    ///
    /// @throws ProblemException as [ConnectionTests#run]
    ConnectionReport run(Destination destination, boolean scheduled) throws InterruptedException {
        ConnectionReport report = tests.run(destination);
        keep(record(destination, report, scheduled));
        return report;
    }

    private DestinationTest record(Destination destination, ConnectionReport report, boolean scheduled) {
        Problem problem = report.problem();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return DestinationTest.newBuilder()
                .setDestinationId(destination.getDestinationId())
                .setOrganizationId(destination.getOrganizationId())
                .setDestinationVersion(destination.getVersion())
                .setDestinationFingerprint(
                        view.destination(destination.getOrganizationId(), destination.getDestinationId())
                                .filter(entry -> entry.value().getVersion() == destination.getVersion())
                                .map(ConfigurationView.Entry::fingerprint)
                                .orElse(0L))
                .setTestedAt(now)
                .setScheduled(scheduled)
                .setSuccess(report.success())
                .setOpenUntil(problem == null || problem.isOurs() ? null : openUntil(destination, now))
                .setErrorCode(problem == null ? null : problem.error().wireName())
                .setErrorMessage(problem == null ? null : problem.message())
                .setAnswer(ConnectionTests.json(report).toString())
                .build();
    }

    private @Nullable Instant openUntil(Destination destination, Instant now) {
        Optional<Duration> interval = ConfigurationView.testInterval(destination);
        return interval.map(time -> now.plus(time.multipliedBy(2)).plus(tests.patience()))
                .orElse(null);
    }

    /// Whoever asked gets the answer even if it cannot be kept.
    private void keep(DestinationTest record) {
        try {
            writer.write(new Change(
                    topics.destinationTests(),
                    Keys.destination(record.getOrganizationId(), record.getDestinationId()),
                    record));
        } catch (KafkaException e) {
            LOG.warn("the test of {} cannot be kept: {}", record.getDestinationId(), e.getMessage());
        }
    }
}
