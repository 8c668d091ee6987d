package dev.waybill.worker.sink.transfer;

import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.ConnectionReport.Phase;
import dev.waybill.worker.sink.ConnectionReport.Problem;
import dev.waybill.worker.sink.ConnectionSteps;
import dev.waybill.worker.sink.PhaseClock;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// How one destination gets to its server: the part of a transfer that differs from protocol to protocol.
/// Thread-safe.
public interface Access extends AutoCloseable {

    /// A login, new or kept from before, for the caller alone, who closes it.
    ///
    /// @param run   whose time it must keep to
    /// @param fresh whether one that was kept must not be given
    /// @throws NoAccessException    if there is none
    /// @throws InterruptedException if the caller was interrupted or aborted
    Login login(Run run, PhaseClock clock, boolean fresh) throws NoAccessException, InterruptedException;

    /// Ends what is kept for this destination alone.
    @Override
    void close();

    /// Files of a server, for one caller.
    interface Login extends AutoCloseable {

        RemoteFiles files();

        /// Whether it was kept from before, so that it may have broken since, and a failure says nothing.
        boolean isReused();

        /// It failed: nobody gets it again.
        void broken();

        @Nullable
        String remoteAddress();

        /// What a connection test tells of it.
        void describe(ConnectionSteps steps);

        /// Gives it back.
        @Override
        void close();
    }

    /// There is no login. Certainly nothing was sent.
    final class NoAccessException extends IOException {

        private static final long serialVersionUID = 1;

        private final transient Outcome.Failed outcome;
        private final String check;
        private final transient @Nullable Phase phase;
        private final transient Problem problem;

        /// Makes one.
        ///
        /// @param outcome what it means for an attempt
        /// @param check   the step of a connection test that failed
        /// @param problem what a connection test says
        public NoAccessException(
                Outcome.Failed outcome,
                String check,
                @Nullable Phase phase,
                Problem problem,
                @Nullable Throwable cause) {
            super(String.valueOf(outcome.fault().message()), cause);
            this.outcome = outcome;
            this.check = check;
            this.phase = phase;
            this.problem = problem;
        }

        /// One about which a connection test has nothing special to say.
        public NoAccessException(
                Outcome.Failed outcome, String check, @Nullable Phase phase, @Nullable Throwable cause) {
            this(
                    outcome,
                    check,
                    phase,
                    ConnectionSteps.problem(outcome.fault(), outcome instanceof Outcome.OurFault),
                    cause);
        }

        public Outcome.Failed outcome() {
            return outcome;
        }

        String check() {
            return check;
        }

        @Nullable
        Phase phase() {
            return phase;
        }

        Problem problem() {
            return problem;
        }
    }
}
