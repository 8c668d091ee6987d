package dev.waybill.worker.sink.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A server's certificate and the authority that signed it, made by the JDK's keytool.
///
/// @param context for the server
/// @param pem     the authority, for who is to trust it
public record TestCertificate(SSLContext context, String pem) {

    private static final String PASSWORD = "changeit";

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

    private static TestCertificate make(String names, String start, int days) {
        try {
            Path directory = Files.createTempDirectory("waybill-certificate");
            Path file = directory.resolve("server.p12");
            String keystore = file.toString();
            keytool(
                    "-genkeypair -alias ca -keyalg EC -dname CN=authority -ext bc=ca:true -startdate -20d -validity 400",
                    keystore);
            keytool(
                    "-genkeypair -alias server -signer ca -keyalg EC -dname CN=server -ext san=" + names
                            + " -startdate " + start + " -validity " + days,
                    keystore);
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file)) {
                store.load(in, PASSWORD.toCharArray());
            }
            Files.delete(file);
            Files.delete(directory);
            return new TestCertificate(context(store), pem(store));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
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

    private static SSLContext context(KeyStore store) throws GeneralSecurityException {
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
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private static String pem(KeyStore store) throws GeneralSecurityException {
        byte[] encoded = store.getCertificate("ca").getEncoded();
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
                + "\n-----END CERTIFICATE-----\n";
    }
}
