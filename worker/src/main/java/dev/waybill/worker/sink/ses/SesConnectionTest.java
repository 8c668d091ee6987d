package dev.waybill.worker.sink.ses;

import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.ConnectionError;
import dev.waybill.worker.sink.ConnectionReport;
import dev.waybill.worker.sink.ConnectionReport.Phase;
import dev.waybill.worker.sink.ConnectionReport.Problem;
import dev.waybill.worker.sink.ConnectionSteps;
import dev.waybill.worker.sink.aws.AwsCodes;
import dev.waybill.worker.sink.aws.AwsExchange;
import dev.waybill.worker.sink.aws.AwsIdentities;
import dev.waybill.worker.sink.aws.AwsIdentities.Resolved;
import dev.waybill.worker.sink.aws.AwsProblems;
import dev.waybill.worker.sink.aws.AwsResult;
import dev.waybill.worker.sink.aws.AwsResult.Done;
import dev.waybill.worker.sink.aws.AwsResult.NotAnswered;
import dev.waybill.worker.sink.aws.AwsResult.Refused;
import dev.waybill.worker.sink.aws.OnVirtualThread;
import dev.waybill.worker.sink.http.HttpCall;
import dev.waybill.worker.sink.http.HttpLine;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sesv2.model.GetAccountResponse;
import software.amazon.awssdk.services.sesv2.model.SendQuota;

/// Asks for the account: may it send, to whom, how much and how fast? No message is sent.
final class SesConnectionTest {

    private final SesSettings settings;
    private final HttpCall.Timeouts timeouts;
    private final HttpLine line;
    private final SesClients clients;
    private final AwsIdentities identities;
    private final ConnectionSteps steps = new ConnectionSteps();

    SesConnectionTest(
            SesSettings settings,
            HttpCall.Timeouts timeouts,
            HttpLine line,
            SesClients clients,
            AwsIdentities identities) {
        this.settings = settings;
        this.timeouts = timeouts;
        this.line = line;
        this.clients = clients;
        this.identities = identities;
    }

    ConnectionReport run() throws InterruptedException {
        return OnVirtualThread.call(this::onVirtualThread);
    }

    private ConnectionReport onVirtualThread() throws InterruptedException {
        steps.detail("region", settings.aws().region());
        AwsExchange exchange = new AwsExchange(line, timeouts, true);
        return switch (identities.resolve(settings.aws(), exchange)) {
            case Resolved.Failed(Outcome.Failed outcome) -> AwsProblems.noCredentials(steps, outcome);
            case Resolved.Ready ready -> {
                AwsResult<GetAccountResponse> result = exchange.call(() -> clients.get(settings)
                        .getAccount(request -> request.overrideConfiguration(
                                override -> override.credentialsProvider(ready.provider()))));
                AwsProblems.way(steps, exchange);
                yield switch (result) {
                    case Done<GetAccountResponse>(GetAccountResponse account) -> judge(account);
                    case Refused<GetAccountResponse> refused -> refused(refused);
                    case NotAnswered<GetAccountResponse>(Outcome.Failed outcome) ->
                        AwsProblems.notAnswered(steps, exchange, outcome);
                };
            }
        };
    }

    private ConnectionReport judge(GetAccountResponse account) {
        steps.passed("authenticate", Phase.AUTHENTICATE);
        steps.detail("sendingEnabled", text(account.sendingEnabled()))
                .detail("productionAccess", text(account.productionAccessEnabled()))
                .detail("enforcementStatus", account.enforcementStatus());
        SendQuota quota = account.sendQuota();
        if (quota != null) {
            steps.detail("maxSendRate", text(quota.maxSendRate()))
                    .detail("max24HourSend", text(quota.max24HourSend()))
                    .detail("sentLast24Hours", text(quota.sentLast24Hours()));
        }
        if (Boolean.FALSE.equals(account.sendingEnabled()) || "SHUTDOWN".equals(account.enforcementStatus())) {
            return steps.failed(
                    "account", Phase.PROBE, ConnectionError.ACCOUNT_DISABLED, "the account may not send now");
        }
        if (quota != null && isUsedUp(quota)) {
            return steps.failed(
                    "account", Phase.PROBE, ConnectionError.QUOTA_EXCEEDED, "the quota of 24 hours is used up");
        }
        return steps.passed(
                        "account",
                        Phase.PROBE,
                        Boolean.FALSE.equals(account.productionAccessEnabled())
                                ? "in the sandbox: only verified recipients are reached"
                                : "ok")
                .succeeded();
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    /// A quota of -1 has no end.
    private static boolean isUsedUp(SendQuota quota) {
        Double max = quota.max24HourSend();
        Double sent = quota.sentLast24Hours();
        return max != null && sent != null && max >= 0 && sent >= max;
    }

    private ConnectionReport refused(Refused<GetAccountResponse> refused) {
        Outcome.Failed outcome = SesOutcomes.of(refused);
        Fault fault = outcome.fault();
        ConnectionError error = error(refused, outcome);
        String hint = error == ConnectionError.PERMISSION_DENIED
                ? "Allow ses:GetAccount for the test; deliveries need ses:SendEmail."
                : error.hint();
        return steps.status(refused.status())
                .failed(
                        "authenticate",
                        Phase.AUTHENTICATE,
                        new Problem(
                                error,
                                fault.message() == null ? fault.code() : fault.message(),
                                hint,
                                refused.code().isEmpty() ? Integer.toString(refused.status()) : refused.code(),
                                outcome instanceof Outcome.OurFault));
    }

    private static ConnectionError error(Refused<?> refused, Outcome.Failed outcome) {
        String code = refused.code();
        if (AwsCodes.isUnknownKey(code) || AwsCodes.isEndedSession(code) || AwsCodes.isWrongClock(code)) {
            return ConnectionError.AUTH_FAILED;
        }
        return switch (code) {
            case "AccountSuspendedException", "SendingPausedException" -> ConnectionError.ACCOUNT_DISABLED;
            case "LimitExceededException" -> ConnectionError.QUOTA_EXCEEDED;
            default ->
                switch (refused.status()) {
                    case 401 -> ConnectionError.AUTH_FAILED;
                    case 403 -> ConnectionError.PERMISSION_DENIED;
                    case 404 -> ConnectionError.NOT_FOUND;
                    default -> ConnectionError.of(outcome.fault());
                };
        };
    }
}
