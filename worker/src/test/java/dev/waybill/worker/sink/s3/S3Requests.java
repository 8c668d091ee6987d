package dev.waybill.worker.sink.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.worker.sink.aws.SignatureCheck;
import dev.waybill.worker.sink.http.ScriptedHttpServer;
import dev.waybill.worker.sink.http.ScriptedHttpServer.Received;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;

/// What S3 asks of requests, and how it answers.
final class S3Requests {

    private S3Requests() {}

    /// An error as S3 writes it.
    static ScriptedHttpServer.Script error(int status, String code, String headers) {
        return ScriptedHttpServer.answer(
                status,
                "Content-Type: application/xml\r\n" + headers,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code + "</Code><Message>no</Message>"
                        + "<RequestId>R</RequestId></Error>");
    }

    /// Fails unless S3 would take the request over TLS.
    static void check(Received request, String secret) {
        SignatureCheck.verify(request, secret);
        Map<String, String> headers = request.headers();
        assertThat(headers.get("authorization"))
                .as(request.method() + " " + request.path())
                .matches("AWS4-HMAC-SHA256 Credential=[A-Z]+/[0-9]{8}/eu-central-1/s3/aws4_request, "
                        + "SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, Signature=[0-9a-f]{64}");
        assertThat(headers.get("x-amz-date")).matches("[0-9]{8}T[0-9]{6}Z");
        assertThat(headers.get("user-agent")).startsWith("waybill/test");
        // Neither cut into chunks nor with a trailer: the body is the object.
        assertThat(headers)
                .doesNotContainKeys("content-encoding", "x-amz-trailer", "x-amz-decoded-content-length", "expect");
        if (request.method().equals("PUT")) {
            assertThat(headers.get("x-amz-content-sha256")).isEqualTo("UNSIGNED-PAYLOAD");
            assertThat(headers.get("content-length"))
                    .isEqualTo(Integer.toString(request.body().size()));
            assertThat(headers.get("x-amz-checksum-sha256"))
                    .isEqualTo(sha256(request.body().array()));
        }
    }

    static String sha256(byte[] bytes) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
