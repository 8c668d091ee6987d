package dev.waybill.worker.sink.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Who we are to a receiver that asks for a client certificate. It holds a key that fits its certificate, so whoever
/// has
/// the same certificate is the same.
public final class TlsIdentity {

    private static final String ALIAS = "waybill";
    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";

    /// What is signed to see whether a key fits.
    private static final byte[] PROBE = new byte[32];

    private final List<X509Certificate> chain;
    private final PrivateKey key;

    private TlsIdentity(List<X509Certificate> chain, PrivateKey key) {
        this.chain = chain;
        this.key = key;
    }

    /// Reads a certificate chain in PEM, our own certificate first.
    ///
    /// @throws IllegalArgumentException if it is not one
    public static List<X509Certificate> chain(String pem) {
        List<X509Certificate> chain = Pem.certificates(pem);
        for (int i = 1; i < chain.size(); i++) {
            try {
                chain.get(i - 1).verify(chain.get(i).getPublicKey());
            } catch (GeneralSecurityException e) {
                throw new IllegalArgumentException("must hold each certificate before the one that signed it", e);
            }
        }
        return chain;
    }

    /// The identity that a chain and its key make.
    ///
    /// @param pem of the key: PKCS#8, not encrypted
    /// @throws IllegalArgumentException if it is no such key, or that of another certificate; it is not quoted
    public static TlsIdentity of(List<X509Certificate> chain, String pem) {
        PublicKey ours = chain.getFirst().getPublicKey();
        PrivateKey key = key(pem, ours.getAlgorithm());
        if (!fits(key, ours)) {
            throw new IllegalArgumentException("the key does not belong to the certificate");
        }
        return new TlsIdentity(List.copyOf(chain), key);
    }

    private static PrivateKey key(String pem, String algorithm) {
        String text = pem.strip();
        if (!text.startsWith(BEGIN) || !text.endsWith(END)) {
            throw new IllegalArgumentException("the key is not one in PEM as PKCS#8, without a password");
        }
        try {
            byte[] encoded =
                    Base64.getMimeDecoder().decode(text.substring(BEGIN.length(), text.length() - END.length()));
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            // Without the cause, which may quote a part of it.
            throw new IllegalArgumentException("the key is not one of the certificate's kind, " + algorithm);
        }
    }

    private static boolean fits(PrivateKey key, PublicKey ours) {
        try {
            Signature signature = Signature.getInstance(
                    switch (ours.getAlgorithm()) {
                        case "EC" -> "SHA256withECDSA";
                        case "RSA" -> "SHA256withRSA";
                        default -> ours.getAlgorithm();
                    });
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(ours);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /// Presents the certificate to whoever asks for one, whatever authorities he names: whether it will do is for him
    /// to
    /// say.
    X509ExtendedKeyManager keys() {
        return new Keys();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TlsIdentity identity && chain.equals(identity.chain);
    }

    @Override
    public int hashCode() {
        return chain.hashCode();
    }

    /// Without the key.
    @Override
    public String toString() {
        return "TlsIdentity[" + chain.getFirst().getSubjectX500Principal() + "]";
    }

    private final class Keys extends X509ExtendedKeyManager {

        @Override
        public @Nullable String chooseClientAlias(
                String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return Arrays.asList(types).contains(key.getAlgorithm()) ? ALIAS : null;
        }

        @Override
        public @Nullable String chooseEngineClientAlias(
                String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return chooseClientAlias(types, issuers, null);
        }

        @Override
        public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return chain.toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }

        @Override
        public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(
                String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }
    }
}
