package dev.waybill.worker.sink.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/// Certificates as text.
final class Pem {

    private Pem() {}

    /// The certificates in their order, at least one.
    ///
    /// @throws IllegalArgumentException if the text is anything else
    static List<X509Certificate> certificates(String pem) {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            for (Certificate certificate : CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))) {
                certificates.add((X509Certificate) certificate);
            }
        } catch (CertificateException e) {
            throw new IllegalArgumentException("must be certificates in PEM", e);
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("must be certificates in PEM");
        }
        return certificates;
    }
}
