package dev.waybill.worker.sink.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Set;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// Which certificate authorities a connection trusts.
public final class TlsTrust {

    private final TrustManager @Nullable [] managers;
    private final Set<Certificate> authorities;
    private final int hash;

    private TlsTrust(TrustManager @Nullable [] managers, Set<Certificate> authorities) {
        this.managers = managers;
        this.authorities = authorities;
        this.hash = authorities.hashCode();
    }

    /// The authorities of the JVM.
    public static TlsTrust system() {
        return new TlsTrust(null, Set.of());
    }

    /// Only the given authorities.
    ///
    /// @param pem one or more certificates
    /// @throws IllegalArgumentException if there is none in the text
    public static TlsTrust only(String pem) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int i = 0;
            Set<Certificate> authorities = Set.copyOf(Pem.certificates(pem));
            for (Certificate certificate : authorities) {
                store.setCertificateEntry("ca-" + i++, certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            return new TlsTrust(trust.getTrustManagers(), authorities);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("holds certificates that cannot be used", e);
        }
    }

    /// Null for those of the JVM.
    public TrustManager @Nullable [] managers() {
        return managers;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TlsTrust trust && authorities.equals(trust.authorities);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
