package dev.waybill.worker.sink.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Destination;
import dev.waybill.worker.sink.FakeSecrets;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.aws.AwsIdentity;
import dev.waybill.worker.sink.aws.WorkerIdentity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S3SettingsTest {

    private static final String ROLE = "arn:aws:iam::123456789012:role/uploads";

    private final S3Peers peers = new S3Peers();

    @AfterEach
    void close() {
        peers.close();
    }

    private static Map<String, String> keys(String... changes) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "bucket", "reports",
                "region", "eu-central-1",
                "access.key.id", "${fake:id}",
                "secret.access.key", "${fake:key}"));
        return changed(settings, changes);
    }

    private static Map<String, String> workers(String... changes) {
        return changed(
                new HashMap<>(Map.of("bucket", "reports", "region", "eu-central-1", "credentials", "container")),
                changes);
    }

    private static Map<String, String> changed(Map<String, String> settings, String... changes) {
        for (int i = 0; i < changes.length; i += 2) {
            settings.put(changes[i], changes[i + 1]);
        }
        return settings;
    }

    private static Destination destination(Map<String, String> settings) {
        return Samples.destination(Kind.STORAGE, "s3", settings);
    }

    private static S3Settings bind(Map<String, String> settings, WorkerIdentity allowed) {
        return S3Settings.bindAws(destination(settings), new FakeSecrets(), allowed);
    }

    @ParameterizedTest
    @CsvSource({
        "bucket, a/b",
        "bucket, a",
        "bucket, ../b",
        "region, EU Central",
        "key, fixed",
        "key, {{payload.filename}}",
        "batch.key, fixed",
        "kms.key.id, k",
        "encryption, rot13",
        "storage.class, standard ia",
        "bucket.owner, 12345678901",
        "endpoint, ftp://x",
        "multipart.part.bytes, 5242879",
        "multipart.threshold.bytes, 5368709121",
        "role.arn, arn:aws:iam::1:role/x",
        "role.external.id, x",
        "credentials, instance",
        "tags.a, {{nothing}}",
        "metadata.waybill-x, y",
        "access.key.id, AKIAPLAIN",
        "batch.compression, lz4"
    })
    void what_cannot_work_is_refused_when_it_is_put(String name, String value) {
        assertThatThrownBy(() -> peers.aws.open(destination(keys(name, value))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(name.contains(".") ? name.substring(0, name.indexOf('.')) : name)
                .hasMessageNotContaining("AKIAPLAIN");
    }

    @ParameterizedTest
    @CsvSource({
        "bucket, arn:aws:s3:eu-central-1:123456789012:accesspoint/reports",
        "multipart.part.bytes, 5242880",
        "multipart.threshold.bytes, 5368709120",
        "role.arn, arn:aws-cn:iam::123456789012:role/path/x",
        "encryption, aws:kms",
        "storage.class, STANDARD_IA",
        "key, {{metadata.folder}}/{{name}}"
    })
    void what_can_work_is_taken(String name, String value) {
        assertThatCode(() -> peers.aws.open(destination(keys(name, value))).close())
                .doesNotThrowAnyException();
    }

    @Test
    void a_key_without_the_delivery_is_taken_where_objects_are_replaced() {
        assertThatCode(() -> peers.aws
                        .open(destination(keys("key", "latest.json", "overwrite", "true")))
                        .close())
                .doesNotThrowAnyException();
    }

    @Test
    void an_object_has_ten_tags_at_most() {
        Map<String, String> ten = keys();
        for (int i = 0; i < 10; i++) {
            ten.put("tags.t" + i, "x");
        }
        assertThatCode(() -> peers.aws.open(destination(ten)).close()).doesNotThrowAnyException();
        assertThatThrownBy(() -> peers.aws.open(destination(changed(ten, "tags.t10", "x"))))
                .isInstanceOf(ConfigException.class);
    }

    @Test
    void the_workers_identity_is_nobodys_unless_the_operator_says_so() {
        for (String own : List.of("container", "web-identity", "profile")) {
            Map<String, String> settings = workers("credentials", own, "profile", "p");
            assertThatThrownBy(() -> bind(settings, WorkerIdentity.none()))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("aws.worker.identity");
            assertThatThrownBy(() -> bind(settings, new WorkerIdentity(List.of("others"))))
                    .isInstanceOf(ConfigException.class);
            assertThatCode(() -> bind(settings, new WorkerIdentity(List.of(Samples.ORGANIZATION))))
                    .doesNotThrowAnyException();
            assertThatCode(() -> bind(settings, new WorkerIdentity(List.of("*"))))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void a_role_that_trusts_the_worker_is_assumed_for_the_organization_only() {
        WorkerIdentity all = new WorkerIdentity(List.of("*"));

        assertThat(bind(workers("role.arn", ROLE), all).aws().identity().role())
                .isEqualTo(new AwsIdentity.Role(ROLE, Samples.ORGANIZATION));
        assertThatThrownBy(() -> bind(workers("role.arn", ROLE, "role.external.id", "others"), all))
                .isInstanceOf(ConfigException.class);
        assertThat(bind(keys("role.arn", ROLE, "role.external.id", "chosen"), all)
                        .aws()
                        .identity()
                        .role())
                .isEqualTo(new AwsIdentity.Role(ROLE, "chosen"));
    }

    @Test
    void it_is_encrypted_unless_an_endpoint_says_otherwise() {
        assertThat(peers.aws.isEncrypted(destination(keys()))).isTrue();
        assertThat(peers.aws.isEncrypted(destination(keys("endpoint", "http://vpce.example"))))
                .isFalse();
        assertThat(peers.aws.isEncrypted(destination(keys("sts.endpoint", "http://sts.example"))))
                .isFalse();
        assertThat(peers.compatible.isEncrypted(destination(Map.of()))).isFalse();
        assertThat(peers.compatible.isEncrypted(destination(Map.of("endpoint", "https://s3.example"))))
                .isTrue();
    }

    @Test
    void parts_grow_with_the_object() {
        long part = 16L << 20;
        assertThat(PartsUpload.partSize(10_000 * part, part)).isEqualTo(part);
        assertThat(PartsUpload.partSize(10_000 * part + 1, part)).isEqualTo(part + 1);
    }
}
