package dev.waybill.worker.sink.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Both sides of every boundary.
class SpecialAddressesTest {

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, unspecified",
        "0.255.255.255, unspecified",
        "10.0.0.0, private",
        "10.255.255.255, private",
        "100.64.0.0, carrier-grade NAT",
        "100.100.100.200, carrier-grade NAT",
        "100.127.255.255, carrier-grade NAT",
        "127.0.0.0, loopback",
        "127.0.0.1, loopback",
        "127.255.255.255, loopback",
        "168.63.129.16, metadata",
        "169.254.0.0, link-local",
        "169.254.169.254, link-local",
        "169.254.255.255, link-local",
        "172.16.0.0, private",
        "172.31.255.255, private",
        "192.0.0.0, reserved",
        "192.0.0.192, reserved",
        "192.0.2.1, documentation",
        "192.88.99.1, reserved",
        "192.168.0.0, private",
        "192.168.255.255, private",
        "198.18.0.0, benchmarking",
        "198.19.255.255, benchmarking",
        "198.51.100.1, documentation",
        "203.0.113.1, documentation",
        "224.0.0.0, multicast",
        "239.255.255.255, multicast",
        "240.0.0.0, reserved",
        "255.255.255.254, reserved",
        "255.255.255.255, broadcast",
        "::, unspecified",
        "::1, loopback",
        "::2, reserved",
        "::10.0.0.1, reserved",
        "::8.8.8.8, reserved",
        "fc00::, private",
        "fd00:ec2::254, private",
        "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, private",
        "fe80::, link-local",
        "febf:ffff::1, link-local",
        "fec0::1, private",
        "ff02::1, multicast",
        "2001::1, reserved",
        "2001:1ff:ffff::1, reserved",
        "2001:db8::1, documentation",
        "3fff::1, documentation",
        "1fff:ffff::1, reserved",
        "4000::1, reserved",
        "5f00::1, reserved",
        "64:ff9b::10.0.0.1, private",
        "64:ff9b::127.0.0.1, loopback",
        "64:ff9b::169.254.169.254, link-local",
        "64:ff9b:1::8.8.8.8, reserved",
        "2002:7f00:1::, loopback",
        "2002:a9fe:a9fe::1, link-local",
        "2002:c0a8:1::1, private",
        "::ffff:127.0.0.1, loopback",
        "::ffff:169.254.169.254, link-local",
    })
    void names_what_is_not_public(String address, String name) {
        assertThat(SpecialAddresses.name(InetAddress.ofLiteral(address).getAddress()))
                .contains(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0.0.0",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "168.63.129.15",
                "168.63.129.17",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "191.255.255.255",
                "192.0.1.0",
                "192.0.3.0",
                "192.88.98.255",
                "192.88.100.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "198.51.99.255",
                "198.51.101.0",
                "203.0.112.255",
                "203.0.114.0",
                "223.255.255.255",
                "2000::",
                "2001:200::1",
                "2001:db7:ffff::1",
                "2001:db9::1",
                "2606:4700::1111",
                "3ffe:ffff::1",
                "3fff:1000::1",
                "64:ff9b::8.8.8.8",
                "2002:808:808::1",
                "::ffff:8.8.8.8",
            })
    void knows_public_addresses(String address) {
        assertThat(SpecialAddresses.name(InetAddress.ofLiteral(address).getAddress()))
                .isEmpty();
    }

    /// Java turns a mapped address into the one it stands for before we see it, but a resolver could build one
    /// itself.
    @ParameterizedTest
    @CsvSource({"127, loopback", "10, private"})
    void judges_a_mapped_address_by_the_one_it_carries(byte first, String name) {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, first, 0, 0, 1};

        assertThat(SpecialAddresses.name(mapped)).contains(name);
    }
}
