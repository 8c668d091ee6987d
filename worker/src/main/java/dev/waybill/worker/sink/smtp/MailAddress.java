package dev.waybill.worker.sink.smtp;

import dev.waybill.worker.sink.email.EmailAddress;
import java.net.IDN;
import java.util.Locale;

/// An address as a server is told it.
///
/// @param address   in ASCII if it can be
/// @param isUnicode whether it cannot: only a server with SMTPUTF8 (RFC 6531) takes it
record MailAddress(String address, boolean isUnicode) {

    /// The JDK's conversion is that of 2003, which makes other names of these: a different domain is worse
    /// than one that an old server does not take.
    private static final String DEVIATING = "ßς\u200c\u200d";

    static MailAddress of(EmailAddress address) {
        return of(address.address());
    }

    static MailAddress of(String address) {
        int at = address.lastIndexOf('@');
        String converted = address.substring(0, at + 1) + domain(address.substring(at + 1));
        return new MailAddress(converted, !isAscii(converted));
    }

    private static String domain(String domain) {
        if (isAscii(domain) || domain.toLowerCase(Locale.ROOT).chars().anyMatch(c -> DEVIATING.indexOf(c) >= 0)) {
            return domain;
        }
        try {
            return IDN.toASCII(domain);
        } catch (IllegalArgumentException _) {
            return domain;
        }
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 128);
    }
}
