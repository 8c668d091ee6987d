package dev.waybill.worker.sink.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// How connections are secured: whom they trust, and who we are on them. Host names are always verified. Whoever trusts
/// the same authorities and is the same may use the same connections.
public final class Tls {

    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final TlsTrust trust;
    private final @Nullable TlsIdentity identity;
    private final SSLSocketFactory factory;
    private final int hash;

    /// Makes it, which costs a while.
    ///
    /// @param identity null to show no certificate
    public Tls(TlsTrust trust, @Nullable TlsIdentity identity) {
        this.trust = trust;
        this.identity = identity;
        this.hash = 31 * trust.hashCode() + (identity == null ? 0 : identity.hashCode());
        try {
            // A context of its own for each identity, so that no session of one is resumed by another.
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(identity == null ? null : new KeyManager[] {identity.keys()}, trust.managers(), null);
            this.factory = context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JVM cannot secure connections", e);
        }
    }

    public @Nullable TlsIdentity identity() {
        return identity;
    }

    public TlsTrust trust() {
        return trust;
    }

    /// Shakes hands over a connected socket; closing the result closes that one too.
    ///
    /// @param protocols what to offer by ALPN; none, not to offer anything
    public SSLSocket handshake(Socket plain, String host, int port, String... protocols) throws IOException {
        SSLSocket tls = (SSLSocket) factory.createSocket(plain, host, port, true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(PROTOCOLS);
        parameters.setApplicationProtocols(protocols);
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        return tls;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof Tls tls
                        && hash == tls.hash
                        && trust.equals(tls.trust)
                        && Objects.equals(identity, tls.identity));
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
