package dev.waybill.worker.sink.sftp;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.jspecify.annotations.Nullable;

/// The keys by which a server is known: lines of known_hosts, or SHA-256 fingerprints. No other key is ever
/// accepted.
///
/// @param trusted keys that are the server's
/// @param revoked fingerprints that must not be used any more, even if they are listed
record HostKeys(List<HostKey> trusted, Set<String> revoked) {

    /// A key.
    ///
    /// @param type        such as `ssh-ed25519`; null if it was not given
    /// @param fingerprint as `ssh-keygen -l` shows it, `SHA256:…`
    record HostKey(@Nullable String type, String fingerprint) {}

    private static final String FINGERPRINT = "SHA256:";

    /// SHA-256 in base64 without padding.
    private static final int FINGERPRINT_LENGTH = 43;

    private static final String REVOKED = "@revoked";

    /// Keys that a destination lists at most: a server has one of each type, and those that are to take their
    /// place.
    private static final int KEYS_MAX = 64;

    HostKeys {
        trusted = List.copyOf(trusted);
        revoked = Set.copyOf(revoked);
    }

    /// Reads lines of known_hosts, of public keys, or of fingerprints (with the type before them or not).
    ///
    /// @param host whose lines count, and no others of known_hosts; null to check the form of all of them
    /// @throws IllegalArgumentException if one cannot be read, or none is the server's
    static HostKeys parse(String text, @Nullable String host, int port) {
        List<HostKey> trusted = new ArrayList<>();
        Set<String> revoked = new HashSet<>();
        for (String line : text.lines().map(String::strip).toList()) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith(REVOKED)) {
                revoked.addAll(keys(line.substring(REVOKED.length()).strip(), null, port).stream()
                        .map(HostKey::fingerprint)
                        .toList());
            } else {
                trusted.addAll(keys(line, host, port));
            }
        }
        if (trusted.isEmpty()) {
            throw new IllegalArgumentException("has no key of this host and port");
        }
        if (trusted.size() > KEYS_MAX) {
            throw new IllegalArgumentException("has more than " + KEYS_MAX + " keys");
        }
        return new HostKeys(trusted, revoked);
    }

    private static List<HostKey> keys(String line, @Nullable String host, int port) {
        if (line.startsWith("@")) {
            throw new IllegalArgumentException("has a marker that is not supported; list the keys themselves");
        }
        String[] fields = line.split("\\s+");
        if (isFingerprint(fields[0])) {
            return fingerprints(null, fields, 0);
        }
        if (fields.length > 1 && isFingerprint(fields[1])) {
            return fingerprints(fields[0], fields, 1);
        }
        if (fields.length > 1 && isKey(fields[1])) {
            return List.of(key(fields[0], fields[1]));
        }
        if (fields.length > 2 && isKey(fields[2])) {
            return isOf(line, host, port) ? List.of(key(fields[1], fields[2])) : List.of();
        }
        throw new IllegalArgumentException(
                "has a line that is none of known_hosts, and no fingerprint such as SHA256:… (43 characters)");
    }

    private static List<HostKey> fingerprints(@Nullable String type, String[] fields, int from) {
        List<HostKey> all = new ArrayList<>();
        for (int i = from; i < fields.length; i++) {
            if (isFingerprint(fields[i])) {
                all.add(new HostKey(type, fields[i]));
            }
        }
        return all;
    }

    private static boolean isFingerprint(String field) {
        return field.startsWith(FINGERPRINT)
                && field.length() == FINGERPRINT.length() + FINGERPRINT_LENGTH
                && field.substring(FINGERPRINT.length()).matches("[A-Za-z0-9+/]+");
    }

    /// Every key in SSH's form begins with the length of its type.
    private static boolean isKey(String field) {
        return field.startsWith("AAAA");
    }

    private static boolean isOf(String line, @Nullable String host, int port) {
        if (host == null) {
            return true;
        }
        try {
            KnownHostEntry entry = KnownHostEntry.parseKnownHostEntry(line);
            return entry != null && entry.isHostMatch(host, port);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("has a line of known_hosts that cannot be read", e);
        }
    }

    private static HostKey key(String type, String base64) {
        try {
            return new HostKey(type, fingerprint(Base64.getDecoder().decode(base64)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("has a key that is no base64", e);
        }
    }

    /// As `ssh-keygen -l` shows it.
    static String fingerprint(byte[] key) {
        try {
            return FINGERPRINT
                    + Base64.getEncoder()
                            .withoutPadding()
                            .encodeToString(MessageDigest.getInstance("SHA-256").digest(key));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    boolean accepts(String fingerprint) {
        return !revoked.contains(fingerprint)
                && trusted.stream().anyMatch(key -> key.fingerprint().equals(fingerprint));
    }

    /// The algorithms to ask a server for, so that it shows the key that is known and not another one it has,
    /// too.
    ///
    /// @param offered in the order of preference
    /// @return those of the known types; all of them if a type is not known
    List<String> algorithms(List<String> offered) {
        Set<String> wanted = new TreeSet<>();
        for (HostKey key : trusted) {
            if (key.type() == null) {
                return offered;
            }
            wanted.addAll(algorithms(key.type()));
        }
        return offered.stream().filter(wanted::contains).toList();
    }

    /// One RSA key signs in several ways.
    private static List<String> algorithms(String type) {
        return type.equals("ssh-rsa") ? List.of("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa") : List.of(type);
    }
}
