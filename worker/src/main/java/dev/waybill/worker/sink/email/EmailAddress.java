package dev.waybill.worker.sink.email;

import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// An address of e-mail, with the name that is shown, if any. Neither can hold a line break.
///
/// @param address as in `a@example.com`
public record EmailAddress(@Nullable String name, String address) {

    public EmailAddress {
        if (hasControl(address) || (name != null && hasControl(name))) {
            throw new IllegalArgumentException("must not have control characters");
        }
    }

    private static boolean hasControl(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    /// Reads a list of addresses such as `Sales <sales@example.com>, b@example.com`, as RFC 5322 has them; names may be
    /// in any
    /// script.
    ///
    /// @throws IllegalArgumentException if it is none, or one of them has no domain
    public static List<EmailAddress> list(String text) {
        if (hasControl(text)) {
            throw new IllegalArgumentException("must not have control characters");
        }
        try {
            List<EmailAddress> addresses = new ArrayList<>();
            for (InternetAddress address : InternetAddress.parse(text, true)) {
                if (address.isGroup() || address.getAddress().indexOf('@') < 1) {
                    throw new IllegalArgumentException("must be addresses such as a@example.com");
                }
                addresses.add(new EmailAddress(address.getPersonal(), address.getAddress()));
            }
            if (addresses.isEmpty()) {
                throw new IllegalArgumentException("must be at least one address");
            }
            return List.copyOf(addresses);
        } catch (AddressException e) {
            throw new IllegalArgumentException("must be addresses such as Sales <a@example.com>: " + e.getMessage(), e);
        }
    }

    /// Reads exactly one.
    ///
    /// @throws IllegalArgumentException if it is none, or several
    static EmailAddress one(String text) {
        List<EmailAddress> addresses = list(text);
        if (addresses.size() != 1) {
            throw new IllegalArgumentException("must be one address");
        }
        return addresses.getFirst();
    }

    String domain() {
        return address.substring(address.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
    }

    /// As JSON of providers has it, such as `Sales <a@example.com>`; names that need it are quoted.
    public String inOne() {
        if (name == null || name.isEmpty()) {
            return address;
        }
        boolean plain = name.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == ' ' || c == '-' || c > 127);
        String shown = plain ? name : '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        return shown + " <" + address + ">";
    }
}
