package dev.waybill.worker.sink.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509KeyManager;

/// A server's certificate and the authority that signed it, made by the JDK's keytool.
///
/// @param context for the server
/// @param pem     the authority, for who is to trust it
/// @param keys    the server's
public record TestCertificate(SSLContext context, String pem, KeyManagerFactory keys) {

    static final String PASSWORD = "changeit";

    /// One that is valid for 127.0.0.1 and localhost.
    public static TestCertificate valid() {
        return Shared.VALID;
    }

    /// Made once: a key tool starts a JVM.
    private static final class Shared {
        static final TestCertificate VALID = make("ip:127.0.0.1,dns:localhost", "-1d", 365);
    }

    public static TestCertificate expired() {
        return make("ip:127.0.0.1", "-10d", 5);
    }

    public static TestCertificate forAnotherName() {
        return make("dns:other.example", "-1d", 365);
    }

    /// The same server, which asks who its clients are.
    ///
    /// @param pem authorities that sign clients
    public SSLContext contextForClientsOf(String pem) throws GeneralSecurityException {
        SSLContext mutual = SSLContext.getInstance("TLS");
        mutual.init(keys.getKeyManagers(), TlsTrust.only(pem).managers(), null);
        return mutual;
    }

    /// The server's certificate in PEM, with its authority's.
    public String serverChain() throws GeneralSecurityException {
        StringBuilder chain = new StringBuilder();
        for (Certificate certificate : serverKeys().getCertificateChain(serverAlias())) {
            chain.append(pem(certificate));
        }
        return chain.toString();
    }

    /// The server's key in PEM.
    public String serverKey() {
        return pem("PRIVATE KEY", serverKeys().getPrivateKey(serverAlias()).getEncoded());
    }

    private String serverAlias() {
        return serverKeys().getServerAliases("EC", null)[0];
    }

    private X509KeyManager serverKeys() {
        return (X509KeyManager) keys.getKeyManagers()[0];
    }

    private static TestCertificate make(String names, String start, int days) {
        try {
            KeyStore store = keystore(
                    "-genkeypair -alias ca -keyalg EC -dname CN=authority -ext bc=ca:true -startdate -20d -validity 400",
                    "-genkeypair -alias server -signer ca -keyalg EC -dname CN=server -ext san=" + names
                            + " -startdate " + start + " -validity " + days);
            KeyManagerFactory keys = keys(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return new TestCertificate(context, pem(store.getCertificate("ca")), keys);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /// What the JDK's key tool makes of the commands.
    static KeyStore keystore(String... commands) throws GeneralSecurityException {
        try {
            Path directory = Files.createTempDirectory("waybill-certificate");
            Path file = directory.resolve("keys.p12");
            for (String command : commands) {
                keytool(command, file.toString());
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file)) {
                store.load(in, PASSWORD.toCharArray());
            }
            Files.delete(file);
            Files.delete(directory);
            return store;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static void keytool(String arguments, String keystore) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments.split(" ", -1)));
        command.addAll(List.of("-keystore", keystore, "-storepass", PASSWORD));
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException("keytool failed: " + status);
        }
    }

    private static KeyManagerFactory keys(KeyStore store) throws GeneralSecurityException {
        char[] password = PASSWORD.toCharArray();
        KeyStore server = KeyStore.getInstance("PKCS12");
        try {
            server.load(null, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setKeyEntry("server", store.getKey("server", password), password, store.getCertificateChain("server"));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(server, password);
        return keys;
    }

    static String pem(Certificate certificate) throws GeneralSecurityException {
        return pem("CERTIFICATE", certificate.getEncoded());
    }

    static String pem(String kind, byte[] encoded) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
                + "\n-----END " + kind + "-----\n";
    }
}
