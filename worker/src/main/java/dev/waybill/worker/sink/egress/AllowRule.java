package dev.waybill.worker.sink.egress;

import java.net.InetAddress;
import java.util.Locale;

/// One entry of `egress.allow`: what may be connected to although it is not public.
sealed interface AllowRule {

    boolean allows(String host, int port, byte[] address);

    /// Any name that resolves into the block.
    ///
    /// @param port 0 means any
    record Block(AddressBlock block, int port) implements AllowRule {
        @Override
        public boolean allows(String host, int candidatePort, byte[] address) {
            return (port == 0 || port == candidatePort) && block.contains(address);
        }
    }

    /// A host name as the destination writes it, whatever it resolves to.
    ///
    /// @param port 0 means any
    record Host(String host, int port) implements AllowRule {
        @Override
        public boolean allows(String candidate, int candidatePort, byte[] address) {
            return (port == 0 || port == candidatePort) && host.equals(candidate);
        }
    }

    /// Every host below a domain, not the domain itself.
    ///
    /// @param suffix begins with a dot
    record Domain(String suffix, int port) implements AllowRule {
        @Override
        public boolean allows(String candidate, int candidatePort, byte[] address) {
            return (port == 0 || port == candidatePort) && candidate.endsWith(suffix);
        }
    }

    /// Reads `10.0.0.0/8`, `127.0.0.1`, `127.0.0.1:8080`, `[::1]:8080`, `hooks.internal:443` or `*.internal`.
    ///
    /// @throws IllegalArgumentException if it is none of these
    static AllowRule parse(String text) {
        if (text.indexOf('/') >= 0) {
            return new Block(AddressBlock.parse(text), 0);
        }
        int colon = text.lastIndexOf(':');
        boolean hasPort = colon > 0 && (text.indexOf(':') == colon || text.charAt(colon - 1) == ']');
        int port = hasPort ? port(text, colon) : 0;
        String host = canonical(hasPort ? text.substring(0, colon) : text);
        if (host.startsWith("*.")) {
            return new Domain(host.substring(1), port);
        }
        if (host.isEmpty() || host.indexOf('*') >= 0) {
            throw new IllegalArgumentException("'" + text + "' is no CIDR, host, host:port or *.domain");
        }
        return isLiteral(host) ? new Block(AddressBlock.parse(host), port) : new Host(host, port);
    }

    private static boolean isLiteral(String host) {
        try {
            var _ = InetAddress.ofLiteral(host);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static int port(String text, int colon) {
        int port = Integer.parseInt(text.substring(colon + 1));
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("'" + text + "': a port is between 1 and 65535");
        }
        return port;
    }

    /// One spelling of a host: lower case, without the brackets of a literal and the dot at the end.
    static String canonical(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.startsWith("[") && name.endsWith("]")) {
            return name.substring(1, name.length() - 1);
        }
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
