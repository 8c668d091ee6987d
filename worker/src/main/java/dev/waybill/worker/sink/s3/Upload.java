package dev.waybill.worker.sink.s3;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.Content;
import dev.waybill.worker.sink.aws.AwsResult;
import dev.waybill.worker.sink.aws.AwsResult.Done;
import dev.waybill.worker.sink.aws.AwsResult.NotAnswered;
import dev.waybill.worker.sink.aws.AwsResult.Refused;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/// Brings one object into a bucket, at once or in parts, and makes sure that it is the one that was meant.
final class Upload {

    /// S3 says that the key is taken.
    private static final int PRECONDITION_FAILED = 412;

    private final Bucket bucket;
    private final PartsUpload parts;

    Upload(Bucket bucket, PartsUpload parts) {
        this.bucket = bucket;
        this.parts = parts;
    }

    /// Does it.
    ///
    /// @throws IOException          if the content cannot be read
    /// @throws InterruptedException if the worker is stopping
    Outcome put(PutObject object) throws IOException, InterruptedException {
        Content content = object.content();
        if (content.size() < bucket.settings().multipart().threshold()) {
            return judge(object, bucket.put(object));
        }
        if (!bucket.settings().overwrite()) {
            // All of a large object would have to be sent to learn that it is there, and a worker that died may have
            // put it.
            Outcome there = there(object);
            if (there != null) {
                return there;
            }
        }
        return switch (parts.send(bucket, object)) {
            case PartsUpload.Sent.Failed(Outcome.Failed outcome) -> outcome;
            case PartsUpload.Sent.Taken _ -> compare(object);
            case PartsUpload.Sent.Completed _ -> verified(object);
        };
    }

    private Outcome judge(PutObject object, AwsResult<PutObjectResponse> result) throws InterruptedException {
        return switch (result) {
            case Done<PutObjectResponse>(PutObjectResponse answer) -> {
                String checksum = answer.checksumSHA256();
                yield checksum != null && !checksum.equals(PutObject.base64(object.sha256()))
                        ? damaged("the service has stored other bytes than were sent")
                        : verified(object);
            }
            case Refused<PutObjectResponse> refused ->
                refused.status() == PRECONDITION_FAILED ? compare(object) : S3Outcomes.of(refused);
            case NotAnswered<PutObjectResponse>(Outcome.Failed outcome) -> outcome;
        };
    }

    /// S3 has checked the bytes against the hash it was sent. What others do with it is not known, and some have stored
    /// more than was sent.
    private Outcome verified(PutObject object) throws InterruptedException {
        if (bucket.settings().isAws()) {
            return new Outcome.Delivered();
        }
        return switch (bucket.head(object.key())) {
            case Done<HeadObjectResponse>(HeadObjectResponse head) -> {
                Long length = head.contentLength();
                yield length == null || length == object.content().size()
                        ? new Outcome.Delivered()
                        : damaged("the service has stored " + length + " bytes of "
                                + object.content().size());
            }
            case Refused<HeadObjectResponse> refused ->
                // Who may only write cannot look; the answer to the upload has to do.
                refused.status() == 403
                        ? new Outcome.Delivered()
                        : new Outcome.Ambiguous(S3Outcomes.of(refused).fault());
            case NotAnswered<HeadObjectResponse>(Outcome.Failed outcome) -> new Outcome.Ambiguous(outcome.fault());
        };
    }

    private static Outcome damaged(String message) {
        return new Outcome.Permanent(Fault.of(ErrorCategory.CONFIGURATION, "s3_object_damaged", message));
    }

    /// The key is taken: by this delivery, or by something else?
    private Outcome compare(PutObject object) throws InterruptedException {
        return switch (bucket.head(object.key())) {
            case Done<HeadObjectResponse>(HeadObjectResponse head) ->
                isSame(object, head) ? new Outcome.Delivered() : S3Outcomes.conflict();
            case Refused<HeadObjectResponse> refused ->
                switch (refused.status()) {
                    // Deleted since.
                    case 404 ->
                        new Outcome.Retryable(
                                new Fault(
                                        ErrorCategory.RESPONSE,
                                        "s3_object_gone",
                                        "the object that was there is gone",
                                        refused.status()),
                                null);
                    case 403 ->
                        new Outcome.Permanent(new Fault(
                                ErrorCategory.AUTHENTICATION,
                                "s3_object_exists_unread",
                                "an object is already there, and the credentials may not read whether it is this one",
                                refused.status()));
                    default -> S3Outcomes.of(refused);
                };
            case NotAnswered<HeadObjectResponse>(Outcome.Failed outcome) -> new Outcome.Ambiguous(outcome.fault());
        };
    }

    /// What is known before anything is sent; null to send it.
    private @Nullable Outcome there(PutObject object) throws InterruptedException {
        return bucket.head(object.key()) instanceof Done<HeadObjectResponse>(HeadObjectResponse head)
                ? isSame(object, head) ? new Outcome.Delivered() : S3Outcomes.conflict()
                : null;
    }

    private static boolean isSame(PutObject object, HeadObjectResponse head) {
        Long length = head.contentLength();
        boolean sameHash = object.sha256().equals(head.metadata().get(PutObject.SHA256))
                || PutObject.base64(object.sha256()).equals(head.checksumSHA256());
        return length != null && length == object.content().size() && sameHash;
    }
}
