package dev.waybill.worker.sink.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.worker.sink.SecretNotAllowedException;
import dev.waybill.worker.sink.SecretReference;
import dev.waybill.worker.sink.SecretUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

    @TempDir
    Path root;

    private SecretStore store;
    private ConfigProviderSecrets secrets;

    @BeforeEach
    void open() {
        store = new SecretStore(root);
        secrets = ConfigProviderSecrets.of(Map.of(), root, List.of(), Duration.ZERO);
    }

    private String reference(String organization, String key) {
        return "${dir:" + root + "/" + organization + ":" + key + "}";
    }

    @Test
    void reads_what_was_put() throws Exception {
        SecretReference reference = store.put("acme", "signing", "s3cret");

        assertThat(reference.toString()).isEqualTo(reference("acme", "signing"));
        assertThat(secrets.resolve("acme", reference.toString())).isEqualTo("s3cret");
        assertThat(secrets.previous("acme", reference.toString())).isEmpty();
    }

    @Test
    void keeps_the_previous_secret_from_a_rotation_until_the_next_put() throws Exception {
        String reference = store.put("acme", "signing", "one").toString();
        store.rotate("acme", "signing", "two");
        assertThat(secrets.resolve("acme", reference)).isEqualTo("two");
        assertThat(secrets.previous("acme", reference)).contains("one");

        store.put("acme", "signing", "three");
        assertThat(secrets.resolve("acme", reference)).isEqualTo("three");
        assertThat(secrets.previous("acme", reference)).isEmpty();
    }

    @Test
    void writes_for_the_owner_only_and_leaves_nothing_behind() throws Exception {
        store.put("acme", "signing", "one");
        store.rotate("acme", "signing", "two");

        try (var files = Files.list(root.resolve("acme"))) {
            assertThat(files)
                    .hasSize(2)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("acme"))))
                .isEqualTo("rwx------");
    }

    @Test
    void forgives_the_newline_that_editors_add() throws Exception {
        store.put("acme", "token", "abc\n");

        assertThat(secrets.resolve("acme", reference("acme", "token"))).isEqualTo("abc");
    }

    @Test
    void remembers_a_secret_for_a_short_time() throws Exception {
        ConfigProviderSecrets cached = ConfigProviderSecrets.of(Map.of(), root, List.of(), Duration.ofHours(1));
        String reference = store.put("acme", "token", "one").toString();
        assertThat(cached.resolve("acme", reference)).isEqualTo("one");
        store.put("acme", "token", "two");

        assertThat(cached.resolve("acme", reference)).isEqualTo("one");
        assertThatThrownBy(() -> cached.resolve("other", reference)).isInstanceOf(SecretNotAllowedException.class);
    }

    @Test
    void an_organization_cannot_name_what_belongs_to_another() throws Exception {
        store.put("other", "token", "theirs");

        for (String reference : List.of(
                reference("other", "token"),
                "${dir:" + root + "/acme/../other:token}",
                "${dir:" + root + ":token}",
                "${file:/etc/passwd:root}",
                "${env:PATH}",
                "plain text",
                "${dir:}",
                reference("acme", "token") + reference("acme", "token"))) {
            assertThatThrownBy(() -> secrets.check("acme", reference))
                    .as(reference)
                    .isInstanceOf(SecretNotAllowedException.class);
            assertThatThrownBy(() -> secrets.resolve("acme", reference))
                    .as(reference)
                    .isInstanceOf(SecretNotAllowedException.class)
                    .hasMessageNotContaining("theirs");
        }
    }

    @Test
    void a_link_may_not_lead_out_of_the_directory() throws Exception {
        store.put("other", "token", "theirs");
        Files.createDirectories(root.resolve("acme"));
        Files.createSymbolicLink(root.resolve("acme/token"), root.resolve("other/token"));

        assertThatThrownBy(() -> secrets.resolve("acme", reference("acme", "token")))
                .isInstanceOf(SecretNotAllowedException.class);
    }

    @Test
    void a_missing_secret_is_our_fault_and_named_by_its_reference_only() {
        assertThatThrownBy(() -> secrets.resolve("acme", reference("acme", "missing")))
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessageContaining("missing");
    }

    @Test
    void other_providers_are_configured_as_in_connect() throws Exception {
        Path file = root.resolve("acme.properties");
        Files.writeString(file, "token=from-file\n");
        ConfigProviderSecrets configured = ConfigProviderSecrets.of(
                Map.of(
                        "config.providers", "file",
                        "config.providers.file.class", "org.apache.kafka.common.config.provider.FileConfigProvider",
                        "config.providers.file.param.allowed.paths", root.toString()),
                root,
                List.of("file:" + root + "/{organization}.properties:tok*"),
                Duration.ZERO);

        assertThat(configured.resolve("acme", "${file:" + file + ":token}")).isEqualTo("from-file");
        assertThatThrownBy(() -> configured.check("acme", "${file:" + file + ":other}"))
                .isInstanceOf(SecretNotAllowedException.class);
        assertThatThrownBy(() -> configured.check("beta", "${file:" + file + ":token}"))
                .isInstanceOf(SecretNotAllowedException.class);
    }

    @Test
    void a_rule_for_all_organizations_alike_is_refused() {
        assertThatThrownBy(() -> ConfigProviderSecrets.of(Map.of(), root, List.of("dir:/secrets"), Duration.ZERO))
                .hasMessageContaining("{organization}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "../other", "a/b", ".hidden", "key.previous", "a b"})
    void a_key_is_no_path(String key) {
        assertThatThrownBy(() -> store.put("acme", key, "x")).isInstanceOf(IllegalArgumentException.class);
        assertThat(files()).isEmpty();
    }

    private List<Path> files() {
        try (var files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
