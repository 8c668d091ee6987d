package dev.waybill.worker.sink.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class HostKeysTest {

    private static final String KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIGPmyP9Jg4Xn0FwIrgIcQSuhWXhCkLy1dQ5DhXcd0yVZ";
    private static final String OTHER = "AAAAC3NzaC1lZDI1NTE5AAAAIHPmyP9Jg4Xn0FwIrgIcQSuhWXhCkLy1dQ5DhXcd0yVZ";
    private static final String PRINT = HostKeys.fingerprint(Base64.getDecoder().decode(KEY));

    private static boolean accepts(String text) {
        return HostKeys.parse(text, "sftp.example.com", 2222).accepts(PRINT);
    }

    @Test
    void a_key_in_every_form() {
        for (String text : List.of(
                PRINT,
                "ssh-ed25519 " + PRINT,
                "# old\nssh-ed25519 " + KEY + " comment",
                "[sftp.example.com]:2222 ssh-ed25519 " + KEY,
                "[sftp.example.com]:2222,[10.0.0.1]:2222 ssh-ed25519 " + KEY + "\n\n",
                "SHA256:" + "A".repeat(43) + " " + PRINT)) {
            assertThat(accepts(text)).as(text).isTrue();
        }
    }

    /// As ssh-keygen -H writes it: HMAC-SHA1 of the name, by the salt.
    @Test
    void a_name_may_be_hashed() throws Exception {
        byte[] salt = new byte[20];
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(salt, "HmacSHA1"));
        byte[] hash = mac.doFinal("[sftp.example.com]:2222".getBytes(StandardCharsets.UTF_8));
        Base64.Encoder base64 = Base64.getEncoder();
        String name = "|1|" + base64.encodeToString(salt) + "|" + base64.encodeToString(hash);

        assertThat(accepts(name + " ssh-ed25519 " + KEY)).isTrue();
        assertThatThrownBy(() -> HostKeys.parse(name + " ssh-ed25519 " + KEY, "other.example.com", 2222))
                .hasMessageContaining("no key of this host");
    }

    @Test
    void another_key_and_another_host_are_not_accepted() {
        assertThat(accepts("ssh-ed25519 " + OTHER)).isFalse();
        assertThatThrownBy(() -> accepts("other.example.com ssh-ed25519 " + KEY))
                .hasMessageContaining("no key of this host");
        assertThatThrownBy(() -> accepts("sftp.example.com ssh-ed25519 " + KEY))
                .as("of the standard port")
                .hasMessageContaining("no key of this host");
        assertThat(HostKeys.parse("sftp.example.com ssh-ed25519 " + KEY, "sftp.example.com", 22)
                        .accepts(PRINT))
                .isTrue();
    }

    @Test
    void a_revoked_key_is_refused_even_if_it_is_listed() {
        assertThat(accepts("ssh-ed25519 " + KEY + "\n@revoked * ssh-ed25519 " + KEY))
                .isFalse();
    }

    @Test
    void what_cannot_be_read_is_refused() {
        for (String text : List.of(
                "",
                "accept-all",
                "SHA256:short",
                "MD5:00:11",
                "ssh-ed25519 AAAA*",
                "@cert-authority * ssh-rsa " + KEY)) {
            assertThatThrownBy(() -> accepts(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_server_is_asked_for_the_key_that_is_known() {
        List<String> offered = List.of("ecdsa-sha2-nistp256", "ssh-ed25519", "rsa-sha2-512", "rsa-sha2-256");

        assertThat(HostKeys.parse("ssh-ed25519 " + KEY, null, 22).algorithms(offered))
                .containsExactly("ssh-ed25519");
        assertThat(HostKeys.parse("ssh-rsa " + PRINT, null, 22).algorithms(offered))
                .containsExactly("rsa-sha2-512", "rsa-sha2-256");
        assertThat(HostKeys.parse(PRINT, null, 22).algorithms(offered)).isEqualTo(offered);
    }
}
