package dev.trainyard.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.0.2", "localhost", "::1", "[::1]", "::ffff:127.0.0.1"})
    void onlyThisMachineReachesLoopback(String host) {
        assertThat(ListenAddress.isLoopback(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "0.0.0.0",
                "::",
                "[::]",
                "0:0:0:0:0:0:0:0",
                "::ffff:0.0.0.0",
                "::ffff:10.0.0.1",
                "10.0.0.1",
                "192.168.1.2",
                "fe80::1",
                "0",
                "no-such-host.invalid"
            })
    void otherMachinesMayReachEverythingElse(String host) {
        assertThat(ListenAddress.isLoopback(host)).isFalse();
    }
}
