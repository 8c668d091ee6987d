package dev.waybill.worker.sink.egress;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Tells public addresses from all others, after the special-purpose registries of IANA.
///
/// IPv6 is the other way round from IPv4: only `2000::/3` is public at all, so that whatever is assigned a
/// special meaning later is refused already. Forms that carry an IPv4 address are judged by that address,
/// because a translator on the way would connect to it.
final class SpecialAddresses {

    private record Special(AddressBlock block, String name) {

        static Special of(String cidr, String name) {
            return new Special(AddressBlock.parse(cidr), name);
        }
    }

    private static final List<Special> V4 = List.of(
            Special.of("0.0.0.0/8", "unspecified"),
            Special.of("10.0.0.0/8", "private"),
            Special.of("100.64.0.0/10", "carrier-grade NAT"),
            Special.of("127.0.0.0/8", "loopback"),
            // Azure's metadata and DNS host: a public address that is reachable only from inside.
            Special.of("168.63.129.16/32", "metadata"),
            Special.of("169.254.0.0/16", "link-local"),
            Special.of("172.16.0.0/12", "private"),
            Special.of("192.0.0.0/24", "reserved"),
            Special.of("192.0.2.0/24", "documentation"),
            Special.of("192.88.99.0/24", "reserved"),
            Special.of("192.168.0.0/16", "private"),
            Special.of("198.18.0.0/15", "benchmarking"),
            Special.of("198.51.100.0/24", "documentation"),
            Special.of("203.0.113.0/24", "documentation"),
            Special.of("224.0.0.0/4", "multicast"),
            Special.of("255.255.255.255/32", "broadcast"),
            Special.of("240.0.0.0/4", "reserved"));

    private static final List<Special> V6 = List.of(
            Special.of("::/128", "unspecified"),
            Special.of("::1/128", "loopback"),
            Special.of("fc00::/7", "private"),
            Special.of("fe80::/10", "link-local"),
            Special.of("fec0::/10", "private"),
            Special.of("ff00::/8", "multicast"),
            // IETF protocol assignments: Teredo, ORCHID, benchmarking.
            Special.of("2001::/23", "reserved"),
            Special.of("2001:db8::/32", "documentation"),
            Special.of("3fff::/20", "documentation"));

    private static final AddressBlock GLOBAL_UNICAST = AddressBlock.parse("2000::/3");
    private static final AddressBlock SIX_TO_FOUR = AddressBlock.parse("2002::/16");
    private static final AddressBlock NAT64 = AddressBlock.parse("64:ff9b::/96");
    /// Not parsed: Java reads `::ffff:0:0` as an IPv4 address.
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    private SpecialAddresses() {}

    /// What makes an address one that is not public; empty for a public one.
    static Optional<String> name(byte[] address) {
        if (address.length == 4) {
            return find(V4, address);
        }
        byte[] inner = translated(address);
        if (inner.length == 4) {
            return find(V4, inner);
        }
        Optional<String> special = find(V6, address);
        return special.isPresent() || GLOBAL_UNICAST.contains(address) ? special : Optional.of("reserved");
    }

    private static Optional<String> find(List<Special> specials, byte[] address) {
        for (Special special : specials) {
            if (special.block.contains(address)) {
                return Optional.of(special.name);
            }
        }
        return Optional.empty();
    }

    /// The IPv4 address that a mapped, NAT64 or 6to4 address stands for, else the address itself.
    static byte[] translated(byte[] address) {
        if (address.length == 4) {
            return address;
        }
        if (NAT64.contains(address) || Arrays.equals(address, 0, MAPPED.length, MAPPED, 0, MAPPED.length)) {
            return Arrays.copyOfRange(address, 12, 16);
        }
        if (SIX_TO_FOUR.contains(address)) {
            return Arrays.copyOfRange(address, 2, 6);
        }
        return address;
    }
}
