package dev.waybill.worker.sink.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;

/// A block of addresses, written as CIDR: `10.0.0.0/8`, `fd00::/8`.
final class AddressBlock {

    private final byte[] network;
    private final int bits;

    private AddressBlock(byte[] network, int bits) {
        this.network = network;
        this.bits = bits;
    }

    /// Reads CIDR notation; an address without a length is a block of one.
    ///
    /// @throws IllegalArgumentException if it is neither
    static AddressBlock parse(String cidr) {
        int slash = cidr.indexOf('/');
        byte[] network = literal(slash < 0 ? cidr : cidr.substring(0, slash));
        int all = network.length * Byte.SIZE;
        int bits = slash < 0 ? all : Integer.parseInt(cidr.substring(slash + 1));
        if (bits < 0 || bits > all) {
            throw new IllegalArgumentException("'" + cidr + "': the length must be between 0 and " + all);
        }
        return new AddressBlock(network, bits);
    }

    private static byte[] literal(String address) {
        try {
            return InetAddress.ofLiteral(address).getAddress();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + address + "' is no IP address", e);
        }
    }

    boolean contains(byte[] address) {
        if (address.length != network.length) {
            return false;
        }
        int whole = bits / Byte.SIZE;
        for (int i = 0; i < whole; i++) {
            if (address[i] != network[i]) {
                return false;
            }
        }
        int rest = bits % Byte.SIZE;
        return rest == 0 || ((address[whole] ^ network[whole]) & (0xff00 >> rest) & 0xff) == 0;
    }

    @Override
    public String toString() {
        try {
            return InetAddress.getByAddress(network).getHostAddress() + "/" + bits;
        } catch (UnknownHostException e) {
            throw new AssertionError("four or sixteen bytes always are an address", e);
        }
    }
}
