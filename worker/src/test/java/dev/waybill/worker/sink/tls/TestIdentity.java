package dev.waybill.worker.sink.tls;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;

/// A client's certificate and its key, as text.
///
/// @param chain the certificate alone: its authority signed it itself
/// @param key   PKCS#8
public record TestIdentity(String name, String chain, String key) {

    private static final String AUTHORITY = "-ext bc=ca:true -startdate -20d -validity 400";

    private static final String CLIENT = " -startdate -1d -validity 365";

    /// The authority that signed all but [#stranger].
    public static String authority() {
        return Shared.AUTHORITY_PEM;
    }

    public static TestIdentity anna() {
        return Shared.ANNA;
    }

    public static TestIdentity bert() {
        return Shared.BERT;
    }

    /// One with another kind of key.
    public static TestIdentity rosa() {
        return Shared.ROSA;
    }

    /// One whom nobody knows.
    public static TestIdentity stranger() {
        return Shared.STRANGER;
    }

    /// Made once: a key tool starts a JVM.
    private static final class Shared {
        static final KeyStore STORE = make();
        static final String AUTHORITY_PEM = authority(STORE);
        static final TestIdentity ANNA = read("anna");
        static final TestIdentity BERT = read("bert");
        static final TestIdentity ROSA = read("rosa");
        static final TestIdentity STRANGER = read("stranger");

        private static KeyStore make() {
            try {
                return TestCertificate.keystore(
                        "-genkeypair -alias ca -keyalg EC -dname CN=clients " + AUTHORITY,
                        "-genkeypair -alias other -keyalg EC -dname CN=others " + AUTHORITY,
                        "-genkeypair -alias anna -signer ca -keyalg EC -dname CN=anna" + CLIENT,
                        "-genkeypair -alias bert -signer ca -keyalg EC -dname CN=bert" + CLIENT,
                        "-genkeypair -alias rosa -signer ca -keyalg RSA -keysize 2048 -dname CN=rosa" + CLIENT,
                        "-genkeypair -alias stranger -signer other -keyalg EC -dname CN=stranger" + CLIENT);
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }

        private static String authority(KeyStore store) {
            try {
                return TestCertificate.pem(store.getCertificate("ca"));
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }

        private static TestIdentity read(String name) {
            try {
                Certificate certificate = STORE.getCertificate(name);
                byte[] key = STORE.getKey(name, TestCertificate.PASSWORD.toCharArray())
                        .getEncoded();
                return new TestIdentity(
                        name, TestCertificate.pem(certificate), TestCertificate.pem("PRIVATE KEY", key));
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }
    }
}
