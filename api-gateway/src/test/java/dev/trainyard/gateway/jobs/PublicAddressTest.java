package dev.trainyard.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicAddressTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.255.255.254",
                "0.0.0.0",
                "0.1.2.3",
                "10.1.2.3",
                "100.64.0.1",
                "100.127.255.255",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "192.0.0.8",
                "192.0.2.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.7",
                "203.0.113.7",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "2130706433", // 127.0.0.1 as one number
                "127.1",
                "localhost",
                "[::1]",
                "::1",
                "::",
                "::127.0.0.1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "64:ff9b::7f00:1",
                "64:ff9b:1::1",
                "2002:7f00:1::1",
                "2001::1",
                "2001:db8::1",
                "3fff::1",
                "fc00::1",
                "fd12:3456::1",
                "fe80::1",
                "fec0::1",
                "ff02::1",
                "100::1"
            })
    void localAddressesAreNotPublic(String host) throws UnknownHostException {
        assertThat(PublicAddress.of(host)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "100.63.255.255",
                "100.128.0.0",
                "172.15.0.1",
                "172.32.0.1",
                "192.169.0.1",
                "198.17.0.1",
                "223.255.255.255",
                "[2606:4700::1111]",
                "2a00:1450:4001::1",
                "2001:4860:4860::8888"
            })
    void theRestIsPublic(String host) throws UnknownHostException {
        assertThat(PublicAddress.of(host)).containsExactly(InetAddress.getAllByName(host));
    }

    /** Such a host is resolved to an address that is not public, or not at all. */
    @ParameterizedTest
    @ValueSource(strings = {"0x7f.0.0.1", "0x7f000001", "017700000001", "0177.0.0.1"})
    void alternativeAddressNotationsAreCheckedInResolvedForm(String host) throws UnknownHostException {
        try {
            InetAddress[] found = InetAddress.getAllByName(host);
            assertThat(PublicAddress.of(host)).isSubsetOf(found).allMatch(address -> !address.isLoopbackAddress());
        } catch (UnknownHostException e) {
            assertThat(e).hasMessageContaining(host);
        }
    }
}
