package dev.waybill.worker.sink.s3;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.aws.AwsCodes;
import dev.waybill.worker.sink.aws.AwsResult.Refused;

/// Decides what a refusal of S3 means, by the code in its body, else by its status
/// (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html). Its message is not kept: it may quote what
/// was
/// sent.
final class S3Outcomes {

    private S3Outcomes() {}

    static Outcome.Failed of(Refused<?> refused) {
        String code = refused.code();
        if (AwsCodes.isThrottle(refused)) {
            return new Outcome.Throttled(
                    fault(ErrorCategory.THROTTLED, refused, "the service asks for less"), refused.retryAfter());
        }
        if (AwsCodes.isWrongClock(code)) {
            return new Outcome.OurFault(
                    fault(ErrorCategory.INTERNAL, refused, "the clocks of worker and service differ too much"));
        }
        if (AwsCodes.isUnknownKey(code)) {
            return permanent(ErrorCategory.AUTHENTICATION, refused, "the credentials are not accepted");
        }
        if (AwsCodes.isEndedSession(code)) {
            return permanent(ErrorCategory.AUTHENTICATION, refused, "the temporary credentials have ended");
        }
        return switch (code) {
            case "InternalError", "ServiceUnavailable", "RequestTimeout", "OperationAborted", "TemporaryRedirect" ->
                retryable(refused, "the service has trouble of its own");
            case "ConditionalRequestConflict" -> retryable(refused, "the object is being written by somebody else");
            case "NoSuchUpload", "InvalidPart", "InvalidPartOrder" ->
                retryable(refused, "the upload is not there any more");
            case "BadDigest",
                    "InvalidDigest",
                    "IncompleteBody",
                    "XAmzContentSHA256Mismatch",
                    "XAmzContentChecksumMismatch" -> retryable(refused, "the bytes did not arrive as they were sent");
            case "QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "StorageFull" ->
                new Outcome.Retryable(
                        fault(ErrorCategory.CAPACITY, refused, "there is no room left"), refused.retryAfter());
            case "AccessDenied", "AllAccessDisabled", "AccountProblem", "InvalidObjectState" ->
                permanent(ErrorCategory.AUTHENTICATION, refused, "the credentials do not allow it");
            case "NoSuchBucket",
                    "PermanentRedirect",
                    "AuthorizationHeaderMalformed",
                    "IllegalLocationConstraintException",
                    "InvalidBucketName",
                    "InvalidStorageClass",
                    "InvalidEncryptionAlgorithmError",
                    "MethodNotAllowed",
                    "NotImplemented",
                    "NoSuchAccessPoint" -> permanent(ErrorCategory.CONFIGURATION, refused, elsewhere(refused));
            case "EntityTooLarge", "EntityTooSmall", "KeyTooLongError", "MetadataTooLarge", "InvalidTag" ->
                permanent(ErrorCategory.PAYLOAD, refused, "the object is not accepted");
            default ->
                code.startsWith("KMS.")
                        ? permanent(ErrorCategory.CONFIGURATION, refused, "the KMS key cannot be used")
                        : byStatus(refused);
        };
    }

    private static Outcome.Failed byStatus(Refused<?> refused) {
        return switch (refused.status()) {
            case 301 -> permanent(ErrorCategory.CONFIGURATION, refused, elsewhere(refused));
            case 401, 403 -> permanent(ErrorCategory.AUTHENTICATION, refused, "the credentials do not allow it");
            case 404, 405, 410 -> permanent(ErrorCategory.CONFIGURATION, refused, "there is no such bucket");
            case 507 ->
                new Outcome.Retryable(
                        fault(ErrorCategory.CAPACITY, refused, "there is no room left"), refused.retryAfter());
            case 307, 408, 409, 425 -> retryable(refused, "the service has trouble of its own");
            default ->
                refused.status() >= 500
                        ? retryable(refused, "the service has trouble of its own")
                        : permanent(ErrorCategory.PAYLOAD, refused, "the object is not accepted");
        };
    }

    private static String elsewhere(Refused<?> refused) {
        return refused.region() == null
                ? "the bucket cannot be used as the settings say"
                : "the bucket is in the region " + refused.region();
    }

    /// Whether a batch in this size is what was refused.
    static boolean isTooLarge(Outcome.Failed outcome) {
        return outcome.fault().code().equals("s3_entity_too_large")
                || Integer.valueOf(413).equals(outcome.fault().responseCode());
    }

    /// What is certain while no object can be there yet: a lost answer loses nothing.
    static Outcome.Failed nothingThere(Outcome.Failed outcome) {
        return outcome instanceof Outcome.Ambiguous(Fault fault) ? new Outcome.Retryable(fault, null) : outcome;
    }

    /// Another object has the key.
    static Outcome.Failed conflict() {
        return new Outcome.Permanent(new Fault(
                ErrorCategory.PAYLOAD, "s3_object_exists", "an object with another content is already there", 412));
    }

    private static Outcome.Failed retryable(Refused<?> refused, String message) {
        return new Outcome.Retryable(fault(ErrorCategory.RESPONSE, refused, message), refused.retryAfter());
    }

    private static Outcome.Failed permanent(ErrorCategory category, Refused<?> refused, String message) {
        return new Outcome.Permanent(fault(category, refused, message));
    }

    private static Fault fault(ErrorCategory category, Refused<?> refused, String message) {
        return new Fault(category, AwsCodes.faultCode("s3", refused), message, refused.status());
    }
}
