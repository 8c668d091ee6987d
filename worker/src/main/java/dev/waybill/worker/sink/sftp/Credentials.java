package dev.waybill.worker.sink.sftp;

import dev.waybill.worker.sink.SecretUnavailableException;
import dev.waybill.worker.sink.Secrets;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.jspecify.annotations.Nullable;

/// Who logs in, with the secrets as they are now. Two are equal if they are the same, so that a session is used
/// again only by whoever could open it.
final class Credentials {

    /// The key cannot be read: whoever put it has to put another one.
    static final class UnusableKeyException extends Exception {
        private static final long serialVersionUID = 1;

        UnusableKeyException(String message) {
            super(message);
        }
    }

    private final String user;
    private final @Nullable String password;
    private final @Nullable String key;
    private final @Nullable String passphrase;
    private final String digest;

    private Credentials(String user, @Nullable String password, @Nullable String key, @Nullable String passphrase) {
        this.user = user;
        this.password = password;
        this.key = key;
        this.passphrase = passphrase;
        this.digest = digest(user, password, key, passphrase);
    }

    /// Reads the secrets.
    ///
    /// @throws SecretUnavailableException if one cannot be read now
    static Credentials of(SftpSettings settings, Secrets secrets) {
        return new Credentials(
                settings.user(),
                resolve(settings, secrets, settings.password()),
                resolve(settings, secrets, settings.key()),
                resolve(settings, secrets, settings.passphrase()));
    }

    private static @Nullable String resolve(SftpSettings settings, Secrets secrets, @Nullable String reference) {
        return reference == null ? null : secrets.resolve(settings.organizationId(), reference);
    }

    String user() {
        return user;
    }

    @Nullable
    String password() {
        return password;
    }

    /// Null for none.
    ///
    /// @throws UnusableKeyException if it cannot be read; the message quotes nothing of it
    @Nullable
    KeyPair keyPair() throws UnusableKeyException {
        String pem = key;
        if (pem == null) {
            return null;
        }
        FilePasswordProvider opener =
                passphrase == null ? FilePasswordProvider.EMPTY : FilePasswordProvider.of(passphrase);
        try (InputStream in = new ByteArrayInputStream((pem.strip() + "\n").getBytes(StandardCharsets.UTF_8))) {
            Iterable<KeyPair> pairs =
                    SecurityUtils.loadKeyPairIdentities(null, NamedResource.ofName("private.key"), in, opener);
            if (pairs != null) {
                for (KeyPair pair : pairs) {
                    return pair;
                }
            }
            throw new UnusableKeyException("the private key is in no known form");
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new UnusableKeyException("the private key cannot be read"
                    + (passphrase == null ? "" : ", or its passphrase is another one"));
        }
    }

    private static String digest(@Nullable String... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                digest.update((byte) (part == null ? 0 : 1));
                byte[] bytes = part == null ? new byte[0] : part.getBytes(StandardCharsets.UTF_8);
                digest.update(Integer.toString(bytes.length).getBytes(StandardCharsets.UTF_8));
                digest.update((byte) ':');
                digest.update(bytes);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Credentials credentials && digest.equals(credentials.digest);
    }

    @Override
    public int hashCode() {
        return digest.hashCode();
    }

    /// Nothing of the secrets.
    @Override
    public String toString() {
        return "credentials of " + user;
    }
}
