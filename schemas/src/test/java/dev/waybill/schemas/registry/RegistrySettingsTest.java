package dev.waybill.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistrySettingsTest {

    private static final String URL = "http://one:8081";

    @Test
    void acceptsListsAndCommas() {
        var expected = List.of(URI.create("http://one:8081"), URI.create("https://two/registry"));
        assertThat(RegistrySettings.of("http://one:8081/, https://two/registry").urls())
                .isEqualTo(expected);
        assertThat(RegistrySettings.from(Map.of("schema.registry.url", List.of(URL, "https://two/registry")))
                        .urls())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " , ", "one:8081", "ftp://one", "http://", "http://a b"})
    void aWrongUrlNamesTheSetting(String url) {
        assertThatThrownBy(() -> RegistrySettings.of(url))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("schema.registry.url");
    }

    @Test
    void takesTheLoginFromUserInfoUrlOrToken() {
        assertThat(RegistrySettings.of(URL).authorization()).isNull();
        assertThat(RegistrySettings.of("http://ann:secret@one:8081"))
                .isEqualTo(new RegistrySettings(List.of(URI.create(URL)), "Basic YW5uOnNlY3JldA=="));
        assertThat(settings("basic.auth.user.info", new Password("ann:secret")).authorization())
                .isEqualTo("Basic YW5uOnNlY3JldA==");
        assertThat(settings("bearer.auth.token", "t").authorization()).isEqualTo("Bearer t");
    }

    @Test
    void refusesASourceItDoesNotHave() {
        assertThatThrownBy(() -> settings("basic.auth.credentials.source", "SASL_INHERIT"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("basic.auth.credentials.source");
    }

    @Test
    void hidesTheLogin() {
        assertThat(settings("bearer.auth.token", "t0ken").toString()).doesNotContain("t0ken");
    }

    private static RegistrySettings settings(String key, Object value) {
        return RegistrySettings.from(Map.of("schema.registry.url", URL, key, value));
    }
}
