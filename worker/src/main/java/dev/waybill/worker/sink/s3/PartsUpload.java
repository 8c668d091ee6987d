package dev.waybill.worker.sink.s3;

import dev.waybill.topology.policy.Outcome;
import dev.waybill.worker.sink.aws.AwsExchange;
import dev.waybill.worker.sink.aws.AwsResult;
import dev.waybill.worker.sink.aws.AwsResult.Done;
import dev.waybill.worker.sink.aws.AwsResult.NotAnswered;
import dev.waybill.worker.sink.aws.AwsResult.Refused;
import dev.waybill.worker.sink.http.HttpCall;
import dev.waybill.worker.sink.http.HttpLine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/// Sends an object in parts, one after the other. Whatever stops it, the parts that were sent are given up, because
/// they
/// cost until they are; what a worker that died has left of the same key is given up before it begins anew.
///
/// ```
///   begin ──► part ──► part … ──► complete ──► there
///     └─────────┴────────┴───────────┴──(not done)──► abort
/// ```
final class PartsUpload {

    /// Of S3.
    private static final int PARTS_MAX = 10_000;

    /// Leftovers of one key that are given up at once; there is rarely one.
    private static final int LEFTOVERS_MAX = 20;

    /// For giving up, after the attempt's own time, or its line, has ended.
    private static final Duration ABORT_PATIENCE = Duration.ofSeconds(3);

    private static final HttpCall.Timeouts ABORT_TIMEOUTS =
            new HttpCall.Timeouts(ABORT_PATIENCE, ABORT_PATIENCE, ABORT_PATIENCE);

    /// What came of it.
    sealed interface Sent {
        /// The object is there.
        record Completed() implements Sent {}

        /// Another object, or this one, was there before.
        record Taken() implements Sent {}

        record Failed(Outcome.Failed outcome) implements Sent {}
    }

    private final HttpLine cleaning;

    /// @param cleaning a line that closing the sink does not end
    PartsUpload(HttpLine cleaning) {
        this.cleaning = cleaning;
    }

    Sent send(Bucket bucket, PutObject object) throws IOException, InterruptedException {
        giveUpLeftovers(bucket, object.key());
        return switch (bucket.begin(object)) {
            case Done<CreateMultipartUploadResponse>(CreateMultipartUploadResponse begun) ->
                send(bucket, object, begun.uploadId());
            case Refused<CreateMultipartUploadResponse> refused -> new Sent.Failed(S3Outcomes.of(refused));
            case NotAnswered<CreateMultipartUploadResponse>(Outcome.Failed outcome) ->
                new Sent.Failed(S3Outcomes.nothingThere(outcome));
        };
    }

    private Sent send(Bucket bucket, PutObject object, String upload) throws IOException, InterruptedException {
        boolean over = false;
        try {
            List<CompletedPart> done = new ArrayList<>();
            long size = object.content().size();
            long each = partSize(size, bucket.settings().multipart().part());
            for (long offset = 0; offset < size; offset += each) {
                ContentPart part = new ContentPart(object.content(), offset, Math.min(each, size - offset));
                int number = done.size() + 1;
                String sha256 = bucket.settings().isAws() ? Sha256.hex(part) : null;
                switch (bucket.part(object, upload, number, part, sha256)) {
                    case Done<UploadPartResponse>(UploadPartResponse sent) ->
                        done.add(CompletedPart.builder()
                                .partNumber(number)
                                .eTag(sent.eTag())
                                .checksumSHA256(sha256 == null ? null : PutObject.base64(sha256))
                                .build());
                    case Refused<UploadPartResponse> refused -> {
                        return new Sent.Failed(S3Outcomes.of(refused));
                    }
                    case NotAnswered<UploadPartResponse>(Outcome.Failed outcome) -> {
                        return new Sent.Failed(S3Outcomes.nothingThere(outcome));
                    }
                }
            }
            AwsResult<CompleteMultipartUploadResponse> completed = bucket.complete(object, upload, done);
            // Where it is unknown whether it was completed, giving up could undo what was promised.
            over = !(completed instanceof Refused);
            return switch (completed) {
                case Done<CompleteMultipartUploadResponse> _ -> new Sent.Completed();
                case Refused<CompleteMultipartUploadResponse> refused ->
                    refused.status() == 412 ? new Sent.Taken() : new Sent.Failed(S3Outcomes.of(refused));
                case NotAnswered<CompleteMultipartUploadResponse>(Outcome.Failed outcome) -> {
                    over = outcome instanceof Outcome.Ambiguous;
                    yield new Sent.Failed(outcome);
                }
            };
        } finally {
            if (!over) {
                giveUp(bucket, object.key(), upload);
            }
        }
    }

    /// As the settings have it, or as large as the greatest number of parts asks for.
    static long partSize(long size, long wanted) {
        return Math.max(wanted, Math.ceilDiv(size, PARTS_MAX));
    }

    private void giveUpLeftovers(Bucket bucket, String key) throws InterruptedException {
        // Who may not list them has none taken away; a rule of the bucket's life cycle does it.
        if (bucket.uploads(key, LEFTOVERS_MAX) instanceof Done<ListMultipartUploadsResponse>(var listed)) {
            for (MultipartUpload left : listed.uploads()) {
                if (left.key().equals(key)) {
                    bucket.abort(key, left.uploadId());
                }
            }
        }
    }

    /// Also when the worker is stopping; an interrupt is put off for as long as it takes.
    private void giveUp(Bucket bucket, String key, String upload) {
        boolean interrupted = Thread.interrupted();
        try {
            bucket.on(new AwsExchange(cleaning, ABORT_TIMEOUTS, false)).abort(key, upload);
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
