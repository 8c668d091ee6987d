package dev.waybill.worker.sink.s3;

import dev.waybill.worker.sink.aws.AwsExchange;
import dev.waybill.worker.sink.aws.AwsResult;
import dev.waybill.worker.sink.aws.SdkBody;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadBucketResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3.model.Tagging;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/// The bucket of a destination during one attempt: each method is one request.
final class Bucket {

    private static final String ANY = "*";

    private final S3Client client;
    private final S3Settings settings;
    private final AwsCredentialsProvider credentials;
    private final AwsExchange exchange;

    Bucket(S3Client client, S3Settings settings, AwsCredentialsProvider credentials, AwsExchange exchange) {
        this.client = client;
        this.settings = settings;
        this.credentials = credentials;
        this.exchange = exchange;
    }

    /// The same on another line, with time of its own.
    Bucket on(AwsExchange other) {
        return new Bucket(client, settings, credentials, other);
    }

    S3Settings settings() {
        return settings;
    }

    private void signed(AwsRequestOverrideConfiguration.Builder override) {
        override.credentialsProvider(credentials);
    }

    /// Puts an object at once; only if there is none, unless the settings say otherwise.
    AwsResult<PutObjectResponse> put(PutObject object) throws InterruptedException {
        S3Settings.ObjectShape shape = settings.shape();
        return exchange.call(() -> client.putObject(
                request -> request.bucket(settings.bucket())
                        .key(object.key())
                        .expectedBucketOwner(settings.owner())
                        .ifNoneMatch(condition())
                        .contentType(object.contentType())
                        .contentLength(object.content().size())
                        .checksumSHA256(settings.isAws() ? PutObject.base64(object.sha256()) : null)
                        .metadata(metadata(object))
                        .tagging(tagging(object))
                        .serverSideEncryption(shape.encryption())
                        .ssekmsKeyId(shape.kmsKey())
                        .storageClass(shape.storageClass())
                        .overrideConfiguration(this::signed),
                SdkBody.of(object.content(), object.contentType())));
    }

    private @Nullable String condition() {
        return settings.overwrite() ? null : ANY;
    }

    private static Map<String, String> metadata(PutObject object) {
        Map<String, String> metadata = new HashMap<>(object.metadata());
        metadata.put(PutObject.SHA256, object.sha256());
        return metadata;
    }

    private static @Nullable Tagging tagging(PutObject object) {
        return object.tags().isEmpty()
                ? null
                : Tagging.builder()
                        .tagSet(object.tags().entrySet().stream()
                                .map(tag -> Tag.builder()
                                        .key(tag.getKey())
                                        .value(tag.getValue())
                                        .build())
                                .toList())
                        .build();
    }

    AwsResult<HeadObjectResponse> head(String key) throws InterruptedException {
        return exchange.call(() -> client.headObject(request -> request.bucket(settings.bucket())
                .key(key)
                .expectedBucketOwner(settings.owner())
                .checksumMode(settings.isAws() ? ChecksumMode.ENABLED : null)
                .overrideConfiguration(this::signed)));
    }

    AwsResult<CreateMultipartUploadResponse> begin(PutObject object) throws InterruptedException {
        S3Settings.ObjectShape shape = settings.shape();
        return exchange.call(() -> client.createMultipartUpload(request -> request.bucket(settings.bucket())
                .key(object.key())
                .expectedBucketOwner(settings.owner())
                .contentType(object.contentType())
                .checksumAlgorithm(settings.isAws() ? ChecksumAlgorithm.SHA256 : null)
                .metadata(metadata(object))
                .tagging(tagging(object))
                .serverSideEncryption(shape.encryption())
                .ssekmsKeyId(shape.kmsKey())
                .storageClass(shape.storageClass())
                .overrideConfiguration(this::signed)));
    }

    /// Sends a part.
    ///
    /// @param sha256 in hex; null to send none
    AwsResult<UploadPartResponse> part(
            PutObject object, String upload, int number, ContentPart part, @Nullable String sha256)
            throws InterruptedException {
        return exchange.call(() -> client.uploadPart(
                request -> request.bucket(settings.bucket())
                        .key(object.key())
                        .expectedBucketOwner(settings.owner())
                        .uploadId(upload)
                        .partNumber(number)
                        .contentLength(part.size())
                        .checksumSHA256(sha256 == null ? null : PutObject.base64(sha256))
                        .overrideConfiguration(this::signed),
                SdkBody.of(part, object.contentType())));
    }

    AwsResult<CompleteMultipartUploadResponse> complete(PutObject object, String upload, List<CompletedPart> parts)
            throws InterruptedException {
        return exchange.call(() -> client.completeMultipartUpload(request -> request.bucket(settings.bucket())
                .key(object.key())
                .expectedBucketOwner(settings.owner())
                .uploadId(upload)
                .ifNoneMatch(condition())
                .multipartUpload(completed -> completed.parts(parts))
                .overrideConfiguration(this::signed)));
    }

    AwsResult<AbortMultipartUploadResponse> abort(String key, String upload) throws InterruptedException {
        return exchange.call(() -> client.abortMultipartUpload(request -> request.bucket(settings.bucket())
                .key(key)
                .expectedBucketOwner(settings.owner())
                .uploadId(upload)
                .overrideConfiguration(this::signed)));
    }

    /// Uploads that were begun and not ended, of keys that begin so.
    AwsResult<ListMultipartUploadsResponse> uploads(String key, int max) throws InterruptedException {
        return exchange.call(() -> client.listMultipartUploads(request -> request.bucket(settings.bucket())
                .prefix(key)
                .maxUploads(max)
                .expectedBucketOwner(settings.owner())
                .overrideConfiguration(this::signed)));
    }

    AwsResult<HeadBucketResponse> exists() throws InterruptedException {
        return exchange.call(() -> client.headBucket(request -> request.bucket(settings.bucket())
                .expectedBucketOwner(settings.owner())
                .overrideConfiguration(this::signed)));
    }

    /// Asks for one key at most, because the answer to it, unlike one to HEAD, says why it is a refusal.
    AwsResult<ListObjectsV2Response> list(String prefix) throws InterruptedException {
        return exchange.call(() -> client.listObjectsV2(request -> request.bucket(settings.bucket())
                .prefix(prefix)
                .maxKeys(1)
                .expectedBucketOwner(settings.owner())
                .overrideConfiguration(this::signed)));
    }

    AwsResult<DeleteObjectResponse> delete(String key) throws InterruptedException {
        return exchange.call(() -> client.deleteObject(request -> request.bucket(settings.bucket())
                .key(key)
                .expectedBucketOwner(settings.owner())
                .overrideConfiguration(this::signed)));
    }
}
