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
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.ConnectionReport.Check;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.Failures;
import dev.waybill.worker.sink.PhaseClock;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Writes payloads into one directory: each into a file of its own, or several into a segment.
final class FileSink implements BatchSink {

    /// No write takes this long: what is older was left behind by a crash.
    private static final Duration PART_MAX_AGE = Duration.ofHours(1);

    private static final Content TEST = new Content.Inline(Bytes.of("test".getBytes(StandardCharsets.UTF_8)));

    private final FileTarget target;
    private final boolean overwrite;
    private final @Nullable String format;
    private final InstantSource clock;
    private final AtomicBoolean swept = new AtomicBoolean();
    private volatile boolean closed;

    /// @param format of segments; null if there are none
    FileSink(FileTarget target, boolean overwrite, @Nullable String format, InstantSource clock) {
        this.target = target;
        this.overwrite = overwrite;
        this.format = format;
        this.clock = clock;
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
        Outcome outcome = write(FileNames.of(attempt.delivery().id(), payload.filename()), body);
        return member(outcome, body.size(), phases, startedAt);
    }

    /// The index comes first: whoever sees a segment finds what is in it.
    @Override
    public BatchReport deliverTogether(List<Attempt> attempts) throws InterruptedException {
        if (format == null) {
            throw new IllegalStateException("a destination without batches");
        }
        Instant startedAt = clock.instant();
        PhaseClock phases = new PhaseClock();
        if (closed) {
            return BatchReport.all(attempts.size(), AttemptReport.of(stopped(), startedAt, phases.elapsed()));
        }
        Segment segment = Segment.of(format, attempts);
        Outcome outcome = write(segment.name() + Segment.INDEX, new Content.Inline(segment.index()));
        if (outcome instanceof Outcome.Delivered) {
            outcome = write(segment.name(), new Content.Inline(segment.content()));
        }
        if (outcome instanceof Outcome.Permanent(Fault fault) && fault.category() == ErrorCategory.PAYLOAD) {
            return new BatchReport.Refused(AttemptReport.of(outcome, startedAt, phases.elapsed()), false);
        }
        Outcome each = outcome;
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

    private Outcome write(String name, Content body) throws InterruptedException {
        try {
            Path directory = target.prepare();
            if (swept.compareAndSet(false, true)) {
                FileWriter.sweep(directory, clock.instant().minus(PART_MAX_AGE));
            }
            return switch (FileWriter.write(directory, name, body, overwrite)) {
                case CREATED, ALREADY_THERE -> new Outcome.Delivered();
                case CONFLICT -> FileFaults.conflict(name);
            };
        } catch (ClosedByInterruptException e) {
            boolean _ = Thread.interrupted();
            throw new InterruptedException("stopped while writing");
        } catch (Content.UnreadableException e) {
            return Failures.unreadable(e);
        } catch (IOException e) {
            return FileFaults.of(e);
        }
    }

    @Override
    public ConnectionReport test() throws InterruptedException {
        PhaseClock phases = new PhaseClock();
        Map<String, String> details = Map.of("directory", target.directory().toString());
        String name = ".waybill-test-" + UUID.randomUUID();
        try {
            Path directory = target.prepare();
            FileWriter.write(directory, name, TEST, false);
            Files.delete(directory.resolve(name));
            FileWriter.sync(directory);
            return new ConnectionReport(
                    phases.phases(), null, List.of(new Check("write", true, "ok")), details, null, null);
        } catch (ClosedByInterruptException e) {
            boolean _ = Thread.interrupted();
            throw new InterruptedException("stopped while writing");
        } catch (IOException e) {
            Fault fault = FileFaults.of(e).fault();
            Check check = new Check("write", false, String.valueOf(fault.message()));
            return new ConnectionReport(phases.phases(), null, List.of(check), details, fault, hint(fault.code()));
        }
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
    }
}
