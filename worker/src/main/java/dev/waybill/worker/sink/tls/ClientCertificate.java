package dev.waybill.worker.sink.tls;

import dev.waybill.worker.sink.Secrets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a destination shows to a receiver that asks for a certificate. Its key is looked up for every attempt; the
/// identity is made anew only when it has changed. Used by many threads.
public final class ClientCertificate {

    private record Made(String key, TlsIdentity identity) {}

    private final String organizationId;
    private final List<X509Certificate> chain;
    private final String keyReference;
    private volatile @Nullable Made last;

    public ClientCertificate(String organizationId, List<X509Certificate> chain, String keyReference) {
        this.organizationId = organizationId;
        this.chain = List.copyOf(chain);
        this.keyReference = keyReference;
    }

    /// The certificate with its key: the current one, or the one before, which the certificate of the settings still
    /// belongs to while key and certificate are replaced one after the other.
    ///
    /// @throws dev.waybill.worker.sink.SecretNotAllowedException  if the key may not be used
    /// @throws dev.waybill.worker.sink.SecretUnavailableException if it cannot be read now
    /// @throws IllegalArgumentException if neither belongs to the certificate
    public TlsIdentity identity(Secrets secrets) {
        String key = secrets.resolve(organizationId, keyReference);
        Made made = last;
        if (made != null && made.key.equals(key)) {
            return made.identity;
        }
        TlsIdentity identity = make(key, secrets);
        last = new Made(key, identity);
        return identity;
    }

    private TlsIdentity make(String key, Secrets secrets) {
        try {
            return TlsIdentity.of(chain, key);
        } catch (IllegalArgumentException e) {
            Optional<String> previous = secrets.previous(organizationId, keyReference);
            if (previous.isEmpty()) {
                throw e;
            }
            return before(previous.get(), e);
        }
    }

    private TlsIdentity before(String previous, IllegalArgumentException why) {
        try {
            return TlsIdentity.of(chain, previous);
        } catch (IllegalArgumentException e) {
            throw why;
        }
    }
}
