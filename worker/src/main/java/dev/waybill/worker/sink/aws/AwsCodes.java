package dev.waybill.worker.sink.aws;

import java.util.Locale;
import java.util.Set;

/// The error codes that the services share.
public final class AwsCodes {

    private static final Set<String> THROTTLES = Set.of(
            "SlowDown",
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "RequestThrottled",
            "RequestThrottledException",
            "RequestLimitExceeded",
            "BandwidthLimitExceeded",
            "TooManyRequests",
            "TooManyRequestsException",
            "KMS.ThrottlingException",
            "EC2ThrottledException",
            "ProvisionedThroughputExceededException");

    private static final Set<String> UNKNOWN_KEYS = Set.of(
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch",
            "InvalidClientTokenId",
            "UnrecognizedClientException",
            "InvalidToken",
            "InvalidSecurity",
            "IncompleteSignature",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "InvalidSignatureException",
            "IncompleteSignatureException",
            "NotSignedUp",
            "OptInRequired");

    private static final Set<String> ENDED_SESSIONS =
            Set.of("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired");

    private static final Set<String> WRONG_CLOCKS =
            Set.of("RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture");

    private AwsCodes() {}

    /// Whether the service wants less traffic.
    public static boolean isThrottle(AwsResult.Refused<?> refused) {
        return refused.status() == 429 || THROTTLES.contains(refused.code());
    }

    /// Whether the service does not know who we are.
    public static boolean isUnknownKey(String code) {
        return UNKNOWN_KEYS.contains(code);
    }

    /// Whether temporary credentials have ended.
    public static boolean isEndedSession(String code) {
        return ENDED_SESSIONS.contains(code);
    }

    /// The same of a fault's code.
    public static boolean isEndedSession(String faultCode, String service) {
        return ENDED_SESSIONS.stream().anyMatch(code -> faultCode.equals(faultCode(service, code)));
    }

    /// Whether the clocks on both sides differ too much. The SDK corrects the next signature by it.
    public static boolean isWrongClock(String code) {
        return WRONG_CLOCKS.contains(code);
    }

    /// The code of a fault, such as `s3_slow_down`, or `http_503` where the service gives none.
    public static String faultCode(String service, AwsResult.Refused<?> refused) {
        if (refused.code().isEmpty()) {
            return "http_" + refused.status();
        }
        return faultCode(service, refused.code());
    }

    private static String faultCode(String service, String code) {
        String snake = code.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                .replaceAll("([A-Z])([A-Z][a-z])", "$1_$2")
                .replace('.', '_');
        return service + "_" + snake.toLowerCase(Locale.ROOT);
    }
}
