package dev.waybill.worker.sink.file;

import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Attempt;
import dev.waybill.worker.sink.BatchReport;
import dev.waybill.worker.sink.BatchSink;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.ConnectionReport.Permission;
import dev.waybill.worker.sink.ConnectionReport.Phase;
import dev.waybill.worker.sink.ConnectionReport.Problem;
import dev.waybill.worker.sink.ConnectionSteps;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.Failures;
import dev.waybill.worker.sink.PhaseClock;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes payloads into one directory: each into a file of its own, or many into segments.
final class FileSink implements BatchSink {

    private static final Logger LOG = LoggerFactory.getLogger(FileSink.class);

    /// No write takes this long, and no segment is left alone for it: what is older was left behind by a crash.
    static final Duration LEFT_BEHIND = Duration.ofHours(1);

    /// How often a sink looks for that.
    private static final Duration SWEPT_EVERY = Duration.ofMinutes(10);

    private static final Content TEST = new Content.Inline(Bytes.of("test".getBytes(StandardCharsets.UTF_8)));

    private final FileTarget target;
    private final boolean overwrite;
    private final @Nullable Segments segments;
    private final InstantSource clock;
    private final Disk disk;
    private final FileWriter writer;
    private final AtomicReference<Instant> sweepAt = new AtomicReference<>(Instant.MIN);
    private volatile boolean closed;

    /// @param segments null if each payload has a file of its own
    FileSink(FileTarget target, boolean overwrite, @Nullable Segments segments, InstantSource clock, Disk disk) {
        this.target = target;
        this.overwrite = overwrite;
        this.segments = segments;
        this.clock = clock;
        this.disk = disk;
        this.writer = new FileWriter(disk);
    }

    @Override
    public AttemptReport deliver(Attempt attempt) throws InterruptedException {
        Instant startedAt = clock.instant();
        PhaseClock phases = new PhaseClock();
        Payload payload = attempt.delivery().request().payload();
        Content body = attempt.content();
        if (closed) {
            return AttemptReport.of(stopped(), startedAt, phases.elapsed());
        }
        String name = FileNames.of(attempt.delivery().id(), payload.filename());
        Outcome outcome = writing(directory -> switch (writer.write(directory, name, body, overwrite)) {
            case CREATED, ALREADY_THERE -> new Outcome.Delivered();
            case CONFLICT -> FileFaults.conflict(name);
        });
        return member(outcome, body.size(), phases, startedAt);
    }

    @Override
    public BatchReport deliverTogether(List<Attempt> attempts) throws InterruptedException {
        Segments open = segments;
        if (open == null) {
            throw new IllegalStateException("a destination without batches");
        }
        Instant startedAt = clock.instant();
        PhaseClock phases = new PhaseClock();
        if (closed) {
            return BatchReport.all(attempts.size(), AttemptReport.of(stopped(), startedAt, phases.elapsed()));
        }
        Outcome each = writing(directory -> {
            open.append(directory, attempts);
            return new Outcome.Delivered();
        });
        return new BatchReport.Members(attempts.stream()
                .map(one -> member(each, one.content().size(), phases, startedAt))
                .toList());
    }

    private static AttemptReport member(Outcome outcome, long size, PhaseClock phases, Instant startedAt) {
        long sent = outcome instanceof Outcome.Delivered ? size : 0;
        return new AttemptReport(outcome, null, Map.of(), null, sent, null, phases.phases(), startedAt);
    }

    private static Outcome stopped() {
        return new Outcome.OurFault(Fault.of(ErrorCategory.INTERNAL, "closed", "the worker closed the destination"));
    }

    /// What is done in the directory.
    private interface Writing {
        Outcome in(Path directory) throws IOException;
    }

    private Outcome writing(Writing writing) throws InterruptedException {
        try {
            Path directory = target.prepare();
            sweep(directory);
            return writing.in(directory);
        } catch (ClosedByInterruptException e) {
            boolean _ = Thread.interrupted();
            throw new InterruptedException("stopped while writing");
        } catch (Content.UnreadableException e) {
            return Failures.unreadable(e);
        } catch (IOException e) {
            return FileFaults.of(e);
        }
    }

    /// Tidies up after writers that are gone; by one call at a time, and seldom. Other workers do so too, so a
    /// file may be gone when it is its turn: that is nobody's failure.
    private void sweep(Path directory) throws ClosedByInterruptException {
        Instant now = clock.instant();
        Instant due = sweepAt.get();
        if (!now.isBefore(due) && sweepAt.compareAndSet(due, now.plus(SWEPT_EVERY))) {
            try {
                FileWriter.sweep(directory, now.minus(LEFT_BEHIND));
                if (segments != null) {
                    SegmentRepair.sweep(disk, directory, now.minus(LEFT_BEHIND));
                }
            } catch (ClosedByInterruptException e) {
                throw e;
            } catch (IOException | DirectoryIteratorException e) {
                LOG.info("{} could not be tidied up: {}", directory, e.toString());
            }
        }
    }

    @Override
    public ConnectionReport test() throws InterruptedException {
        ConnectionSteps steps =
                new ConnectionSteps().detail("path", target.directory().toString());
        String name = ".waybill-test-" + UUID.randomUUID();
        try {
            Path directory = target.prepare();
            writer.write(directory, name, TEST, false);
            steps.passed("write", Phase.PROBE).proved(Permission.WRITE);
            Files.delete(directory.resolve(name));
            disk.flush(directory);
            return steps.passed("delete", Phase.PROBE).proved(Permission.DELETE).succeeded();
        } catch (ClosedByInterruptException e) {
            boolean _ = Thread.interrupted();
            throw new InterruptedException("stopped while writing");
        } catch (IOException e) {
            Fault fault = FileFaults.of(e).fault();
            return steps.failed(
                    "write",
                    Phase.PROBE,
                    new Problem(error(fault.code()), String.valueOf(fault.message()), hint(fault.code()), null, false));
        }
    }

    private static ConnectionError error(String code) {
        return switch (code) {
            case "file_permission_denied", "file_read_only" -> ConnectionError.PERMISSION_DENIED;
            case "file_root_missing" -> ConnectionError.NOT_FOUND;
            case "file_disk_full" -> ConnectionError.NO_SPACE;
            case "file_path_escapes" -> ConnectionError.INVALID_SETTINGS;
            default -> ConnectionError.UNAVAILABLE;
        };
    }

    private static String hint(String code) {
        return switch (code) {
            case "file_path_escapes" -> "Remove the symbolic link from the path of the directory.";
            case "file_permission_denied" -> "Give the worker's user the right to write there.";
            case "file_root_missing" -> "Mount or create the directory that file.roots names.";
            case "file_disk_full" -> "Free space, or write somewhere else.";
            default -> "Look at the worker's file system.";
        };
    }

    /// A write in progress ends by itself: it is short.
    @Override
    public void close() {
        closed = true;
        if (segments != null) {
            segments.close();
        }
    }
}
