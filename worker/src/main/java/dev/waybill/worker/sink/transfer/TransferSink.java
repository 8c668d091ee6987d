package dev.waybill.worker.sink.transfer;

import dev.waybill.topology.model.AttemptReport;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Policy;
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
import dev.waybill.worker.sink.transfer.Access.Login;
import dev.waybill.worker.sink.transfer.Access.NoAccessException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Uploads payloads to one server, whatever its protocol: attempts, batches and connection tests over an
/// [Access].
public final class TransferSink implements BatchSink {

    /// Files of a batch that are on their way at a time. What costs are the answers waited for, and eight at a
    /// time make that an eighth, without taking a server's every session.
    public static final int TOGETHER = 8;

    private static final Bytes PROBE = Bytes.of("waybill".getBytes(StandardCharsets.UTF_8));

    private final Access access;
    private final TransferSettings settings;
    private final Policy policy;
    private final TransferFaults faults;
    private final InstantSource clock;
    private final Runs runs;

    /// Makes it.
    ///
    /// @param timer of the provider
    public TransferSink(
            Access access,
            TransferSettings settings,
            Policy policy,
            TransferFaults faults,
            Timer timer,
            InstantSource clock) {
        this.access = access;
        this.settings = settings;
        this.policy = policy;
        this.faults = faults;
        this.clock = clock;
        this.runs = new Runs(timer);
    }

    @Override
    public AttemptReport deliver(Attempt attempt) throws InterruptedException {
        return deliver(attempt, policy.totalTimeout());
    }

    private AttemptReport deliver(Attempt attempt, Duration time) throws InterruptedException {
        Instant startedAt = clock.instant();
        PhaseClock phases = new PhaseClock();
        if (runs.isClosed()) {
            return AttemptReport.of(faults.closed(), startedAt, phases.elapsed());
        }
        Target target;
        try {
            target = Target.of(
                    settings.directory(),
                    settings.filename(),
                    settings.suffix(),
                    attempt.delivery().request());
        } catch (PathTemplate.MissingValueException | Target.NameTooLongException e) {
            return AttemptReport.of(TransferFaults.unnamed(e), startedAt, phases.elapsed());
        }
        try (Run run = runs.start(time)) {
            return new Trip(run, phases, startedAt).make(target, attempt.content());
        }
    }

    /// A server that takes the connection and then says nothing must not use up all the time there is.
    private Login login(Run run, PhaseClock phases, boolean fresh) throws NoAccessException, InterruptedException {
        try (var _ = run.answerWithin(policy.connectTimeout().plus(policy.firstByteTimeout()))) {
            return access.login(run, phases, fresh);
        }
    }

    /// One attempt under way.
    private final class Trip {

        private final Run run;
        private final PhaseClock phases;
        private final Instant startedAt;
        private @Nullable String address;
        private long sent;

        private Trip(Run run, PhaseClock phases, Instant startedAt) {
            this.run = run;
            this.phases = phases;
            this.startedAt = startedAt;
        }

        private AttemptReport make(Target target, Content content) throws InterruptedException {
            Outcome outcome = upload(target, content, false);
            // A login that was kept may have broken long ago; a new one that breaks is a failure of this attempt.
            if (outcome == null) {
                outcome = upload(target, content, true);
            }
            Outcome known = outcome == null ? faults.lost(run.reason(), Upload.Stage.UNSEEN) : outcome;
            return new AttemptReport(known, null, Map.of(), null, sent, address, phases.phases(), startedAt);
        }

        /// Null if a login that was kept turned out to be broken before anything could be seen.
        private @Nullable Outcome upload(Target target, Content content, boolean fresh) throws InterruptedException {
            try (Login login = login(run, phases, fresh)) {
                address = login.remoteAddress();
                Upload upload = new Upload(
                        new TimedFiles(login.files(), run, policy.firstByteTimeout()), settings, target, content);
                try {
                    upload.run();
                    return new Outcome.Delivered();
                } catch (RemoteException e) {
                    return faults.refused(e);
                } catch (Content.UnreadableException e) {
                    login.broken();
                    return interrupted(e, upload.stage()) ? null : Failures.unreadable(e);
                } catch (IOException e) {
                    login.broken();
                    boolean again = login.isReused() && !fresh && upload.stage() == Upload.Stage.UNSEEN;
                    return interrupted(e, upload.stage()) || (again && run.reason() == null)
                            ? null
                            : faults.lost(run.reason(), upload.stage());
                } finally {
                    sent = upload.sent();
                    keepUnless(login);
                }
            } catch (NoAccessException e) {
                return run.reason() == null ? e.outcome() : faults.lost(run.reason(), Upload.Stage.UNSEEN);
            } catch (InterruptedException e) {
                if (run.reason() == null) {
                    throw e;
                }
                return faults.lost(run.reason(), Upload.Stage.UNSEEN);
            }
        }

        /// What was aborted is somewhere in the middle of an answer.
        private void keepUnless(Login login) {
            if (run.reason() != null) {
                login.broken();
            }
        }

        private boolean interrupted(Exception e, Upload.Stage stage) throws InterruptedException {
            if (run.isInterrupted(e)) {
                boolean _ = Thread.interrupted();
                throw new InterruptedException(
                        "stopped while " + (stage == Upload.Stage.UNSEEN ? "writing" : "naming"));
            }
            return false;
        }
    }

    /// Each member is an attempt of its own; a few run at a time.
    @Override
    public BatchReport deliverTogether(List<Attempt> attempts) throws InterruptedException {
        long end = System.nanoTime() + policy.totalTimeout().toNanos();
        List<@Nullable AttemptReport> reports = new ArrayList<>(Collections.nCopies(attempts.size(), null));
        AtomicInteger next = new AtomicInteger();
        List<FutureTask<Boolean>> carriers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Math.min(TOGETHER, attempts.size()); i++) {
            FutureTask<Boolean> carrier = new FutureTask<>(() -> {
                for (int n = next.getAndIncrement(); n < attempts.size(); n = next.getAndIncrement()) {
                    AttemptReport report = member(attempts.get(n), end);
                    synchronized (reports) {
                        reports.set(n, report);
                    }
                }
                return true;
            });
            carriers.add(carrier);
            threads.add(Thread.startVirtualThread(carrier));
        }
        try {
            await(carriers);
        } finally {
            threads.forEach(Thread::interrupt);
        }
        synchronized (reports) {
            return new BatchReport.Members(
                    reports.stream().map(Objects::requireNonNull).toList());
        }
    }

    private AttemptReport member(Attempt attempt, long end) throws InterruptedException {
        long left = end - System.nanoTime();
        if (left <= 0) {
            return AttemptReport.of(faults.notBegun(policy.totalTimeout()), clock.instant(), Duration.ZERO);
        }
        return deliver(attempt, Duration.ofNanos(left));
    }

    private static void await(List<FutureTask<Boolean>> carriers) throws InterruptedException {
        for (FutureTask<Boolean> carrier : carriers) {
            try {
                carrier.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof InterruptedException) {
                    throw new InterruptedException("stopped while writing");
                }
                throw new IllegalStateException("a member of a batch failed", e.getCause());
            }
        }
    }

    @Override
    public ConnectionReport test() throws InterruptedException {
        FutureTask<ConnectionReport> test = new FutureTask<>(this::tested);
        Thread thread = Thread.startVirtualThread(test);
        try {
            return test.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof InterruptedException) {
                throw new InterruptedException("stopped while testing");
            }
            throw new IllegalStateException("the connection test failed", e.getCause());
        } finally {
            thread.interrupt();
        }
    }

    private ConnectionReport tested() throws InterruptedException {
        ConnectionSteps steps = new ConnectionSteps();
        PhaseClock phases = new PhaseClock();
        try (Run run = runs.start(policy.totalTimeout())) {
            try (Login login = login(run, phases, true)) {
                login.describe(steps);
                took(steps, phases);
                return probe(run, login, steps);
            } catch (NoAccessException e) {
                took(steps, phases);
                return run.reason() == null
                        ? steps.failed(e.check(), e.phase(), e.problem())
                        : late(run, "connect", Phase.CONNECT, steps);
            } catch (InterruptedException e) {
                if (run.reason() == null) {
                    throw e;
                }
                took(steps, phases);
                return late(run, "connect", Phase.CONNECT, steps);
            }
        }
    }

    private static void took(ConnectionSteps steps, PhaseClock phases) {
        var known = phases.phases();
        steps.took(Phase.DNS, known.dns()).took(Phase.CONNECT, known.connect()).took(Phase.TLS, known.tls());
    }

    private ConnectionReport late(Run run, String check, Phase phase, ConnectionSteps steps) {
        Outcome.Failed outcome = faults.lost(run.reason(), Upload.Stage.UNSEEN);
        return steps.failed(
                check, phase, ConnectionSteps.problem(outcome.fault(), outcome instanceof Outcome.OurFault));
    }

    /// Writes a file, looks at it and removes it. Where directories come from templates, into the one they
    /// begin with.
    private ConnectionReport probe(Run run, Login login, ConnectionSteps steps) throws InterruptedException {
        RemoteFiles files = new TimedFiles(login.files(), run, policy.firstByteTimeout());
        String check = "directory";
        boolean written = false;
        Target target = Target.probe(settings.directory(), ".waybill-test-" + UUID.randomUUID());
        try {
            files.requireDirectory(target.directoryPath());
            steps.passed(check, Phase.PROBE, target.directoryPath());
            check = "write";
            try (OutputStream out = files.write(target.path(), 0)) {
                out.write(PROBE.array());
            }
            written = true;
            steps.passed(check, Phase.PROBE).proved(Permission.WRITE);
            check = "size";
            Long size = files.size(target.path());
            if (size == null || size != PROBE.size()) {
                throw new RemoteException(
                        RemoteException.Reason.FAILED, 0, "what was written is not there as it was written", null);
            }
            steps.passed(check, Phase.PROBE).proved(Permission.READ);
            check = "delete";
            files.remove(target.path());
            return steps.passed(check, Phase.PROBE).proved(Permission.DELETE).succeeded();
        } catch (RemoteException e) {
            if (written && !check.equals("delete")) {
                forget(files, target);
            }
            ConnectionError error = TransferFaults.error(e.reason());
            String code = e.code() == 0 ? null : Integer.toString(e.code());
            return steps.failed(
                    check,
                    Phase.PROBE,
                    new Problem(error, String.valueOf(e.getMessage()), hint(check, error), code, false));
        } catch (IOException e) {
            login.broken();
            if (run.isInterrupted(e)) {
                boolean _ = Thread.interrupted();
                throw new InterruptedException("stopped while testing");
            }
            return late(run, check, Phase.PROBE, steps);
        }
    }

    /// A probe that went wrong is not to stay.
    private static void forget(RemoteFiles files, Target probe) {
        try {
            files.remove(probe.path());
        } catch (IOException e) {
            // The test has failed already, and says so.
        }
    }

    private static String hint(String check, ConnectionError error) {
        return switch (error) {
            case NOT_FOUND -> "Create the directory on the server, correct directory, or set create.directories.";
            case PERMISSION_DENIED ->
                check.equals("delete")
                        ? "Files can be written and not removed; publish=direct needs no more."
                        : "Have the server's operator let this login write into the directory.";
            default -> error.hint();
        };
    }

    @Override
    public void close() {
        runs.close();
        access.close();
    }
}
