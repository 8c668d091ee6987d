package dev.waybill.worker.sink.aws;

import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.ConnectionReport.Phase;
import dev.waybill.worker.sink.ConnectionReport.Problem;
import dev.waybill.worker.sink.ConnectionSteps;
import dev.waybill.worker.sink.http.ConnectionTest;
import dev.waybill.worker.sink.http.HttpResult;
import dev.waybill.worker.sink.http.HttpTarget;

/// What connection tests of AWS have in common.
public final class AwsProblems {

    private AwsProblems() {}

    /// The way to the service, as far as it was gone.
    public static void way(ConnectionSteps steps, AwsExchange exchange) {
        HttpTarget target = exchange.target();
        HttpResult first = exchange.firstResult();
        if (target != null && first != null) {
            ConnectionTest.way(steps, target, first);
        }
    }

    /// The report of a test whose first call got no answer, after [#way].
    public static ConnectionReport notAnswered(ConnectionSteps steps, AwsExchange exchange, Outcome.Failed outcome) {
        HttpTarget target = exchange.target();
        HttpResult first = exchange.firstResult();
        return target == null || first == null
                ? steps.failed(
                        "answer",
                        Phase.PROBE,
                        ConnectionSteps.problem(outcome.fault(), outcome instanceof Outcome.OurFault))
                : ConnectionTest.notAnswered(steps, target, first, outcome);
    }

    /// The report of a test that has nothing to sign with.
    public static ConnectionReport noCredentials(ConnectionSteps steps, Outcome.Failed outcome) {
        Problem problem = ConnectionSteps.problem(outcome.fault(), outcome instanceof Outcome.OurFault);
        ConnectionError error = switch (outcome.fault().code()) {
            case "secret_unavailable", "secret_not_allowed" -> ConnectionError.SECRET_UNAVAILABLE;
            case "secret_invalid" -> ConnectionError.AUTH_FAILED;
            default -> problem.error();
        };
        return steps.failed(
                "credentials",
                Phase.AUTHENTICATE,
                new Problem(error, problem.message(), error.hint(), null, problem.isOurs()));
    }
}
