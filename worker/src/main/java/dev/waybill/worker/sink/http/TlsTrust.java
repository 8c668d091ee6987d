package dev.waybill.worker.sink.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// Which certificate authorities a connection trusts. Host names are always verified.
public final class TlsTrust {

    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final SSLSocketFactory factory;
    private final Set<Certificate> authorities;
    private final int hash;

    private TlsTrust(SSLContext context, Set<Certificate> authorities) {
        this.factory = context.getSocketFactory();
        this.authorities = authorities;
        this.hash = authorities.hashCode();
    }

    /// The authorities of the JVM.
    public static TlsTrust system() {
        try {
            return new TlsTrust(SSLContext.getDefault(), Set.of());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JVM has no usable trust store", e);
        }
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
            Set<Certificate> authorities = Set.copyOf(certificates(pem));
            for (Certificate certificate : authorities) {
                store.setCertificateEntry("ca-" + i++, certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return new TlsTrust(context, authorities);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("holds certificates that cannot be used", e);
        }
    }

    private static Collection<? extends Certificate> certificates(String pem) {
        try {
            Collection<? extends Certificate> certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)));
            if (!certificates.isEmpty()) {
                return certificates;
            }
        } catch (CertificateException e) {
            throw new IllegalArgumentException("must be certificates in PEM", e);
        }
        throw new IllegalArgumentException("must be certificates in PEM");
    }

    /// Shakes hands over a connected socket; closing the result closes that one too.
    SSLSocket handshake(Socket plain, String host, int port, HttpVersion version) throws IOException {
        SSLSocket tls = (SSLSocket) factory.createSocket(plain, host, port, true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(PROTOCOLS);
        parameters.setApplicationProtocols(version.protocols());
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        return tls;
    }

    /// Whoever trusts the same authorities may use the same connections.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TlsTrust trust && authorities.equals(trust.authorities);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
