package dev.waybill.worker.sink.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.worker.sink.egress.DialException.Failure;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EgressGuardTest {

    private static final NameResolver ZONE = new ScriptedResolver(Map.of(
            "public.example", List.of("93.184.216.34"),
            "internal.example", List.of("10.0.0.5"),
            "mixed.example", List.of("10.0.0.5", "93.184.216.34"),
            "empty.example", List.of(),
            "deep.corp.internal", List.of("10.1.2.3"),
            "corp.internal", List.of("10.1.2.4"),
            "nat64.example", List.of("64:ff9b::10.0.0.5"),
            "127.0.0.1", List.of("127.0.0.1"),
            "::1", List.of("::1")));

    private static EgressGuard guard(String... allow) {
        return new EgressGuard(List.of(allow), ZONE);
    }

    private static Failure refusal(EgressGuard guard, String host, int port) {
        return assertThatThrownBy(() -> guard.resolve(host, port))
                .asInstanceOf(InstanceOfAssertFactories.type(DialException.class))
                .actual()
                .failure();
    }

    @Test
    void lets_public_addresses_through() throws Exception {
        assertThat(guard().resolve("public.example", 443)).containsExactly(InetAddress.ofLiteral("93.184.216.34"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "[::1]", "internal.example", "INTERNAL.example.", "nat64.example"})
    void refuses_the_rest_by_default(String host) {
        assertThat(refusal(guard(), host, 80)).isEqualTo(Failure.DENIED);
    }

    @Test
    void returns_only_the_addresses_it_has_checked() throws Exception {
        assertThat(guard().resolve("mixed.example", 443)).containsExactly(InetAddress.ofLiteral("93.184.216.34"));
    }

    @Test
    void does_not_tell_what_an_internal_name_resolves_to() {
        assertThatThrownBy(() -> guard().resolve("internal.example", 80)).hasMessageNotContaining("10.0.0.5");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, internal.example, 80",
        "10.0.0.5, internal.example, 80",
        "10.0.0.0/8, nat64.example, 80",
        "internal.example, internal.example, 80",
        "Internal.Example, internal.example, 80",
        "internal.example:80, internal.example, 80",
        "*.corp.internal, deep.corp.internal, 80",
        "*.corp.internal:80, deep.corp.internal, 80",
        "127.0.0.1, 127.0.0.1, 80",
        "127.0.0.1:80, 127.0.0.1, 80",
        "::1, ::1, 80",
        "[::1]:80, ::1, 80",
        "::/0, ::1, 80",
    })
    void allows_what_is_configured(String rule, String host, int port) throws Exception {
        assertThat(guard(rule).resolve(host, port)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.4/32, internal.example, 80",
        "10.1.0.0/16, internal.example, 80",
        "internal.example:81, internal.example, 80",
        "*.corp.internal, corp.internal, 80",
        "corp.internal, deep.corp.internal, 80",
        "127.0.0.1:81, 127.0.0.1, 80",
        "[::1]:81, ::1, 80",
        "0.0.0.0/0, ::1, 80",
    })
    void allows_nothing_else(String rule, String host, int port) {
        assertThat(refusal(guard(rule), host, port)).isEqualTo(Failure.DENIED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown.example", "empty.example"})
    void tells_names_without_an_address(String host) {
        assertThat(refusal(guard(), host, 80)).isEqualTo(Failure.NAME_NOT_FOUND);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/33", "10.0.0.x/8", "host:0", "host:70000", "host:x", "a*b", "", "::/129"})
    void refuses_a_rule_that_says_nothing(String rule) {
        assertThatThrownBy(() -> guard(rule)).isInstanceOf(IllegalArgumentException.class);
    }
}
