package dev.waybill.worker.sink.smtp;

import dev.waybill.worker.sink.tls.Tls;
import org.jspecify.annotations.Nullable;

/// What makes connections interchangeable: where they go and how, and who we are on them.
///
/// @param tlsName  for which the server's certificate must be
/// @param ehloName what we call ourselves; null for the address of the connection
record SmtpRoute(
        String host,
        int port,
        Security security,
        String tlsName,
        @Nullable String ehloName,
        Tls tls,
        Login login) {}
