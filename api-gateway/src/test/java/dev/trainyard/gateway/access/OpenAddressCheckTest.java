package dev.trainyard.gateway.access;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trainyard.gateway.runtime.GatewaySettings.Auth.Mode;
import io.quarkus.runtime.configuration.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAddressCheckTest {
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "10.1.2.3", "", "gateway.invalid"})
    void aGatewayWithoutTokensDoesNotStartWhereOtherMachinesReachIt(String host) {
        assertThatThrownBy(() -> new OpenAddressCheck(Mode.NONE, host, true).run())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(host.isEmpty() ? "every address" : host)
                .hasMessageContaining("\n  TRAINYARD_AUTH_MODE=tokens ")
                .hasMessageContaining("\n  QUARKUS_HTTP_HOST=127.0.0.1 ");
    }

    @Test
    void aGatewayWithTokensOrOnLoopbackStarts() {
        assertThatCode(() -> new OpenAddressCheck(Mode.TOKENS, "0.0.0.0", true).run())
                .doesNotThrowAnyException();
        assertThatCode(() -> new OpenAddressCheck(Mode.NONE, "127.0.0.1", true).run())
                .doesNotThrowAnyException();
        assertThatCode(() -> new OpenAddressCheck(Mode.NONE, "0.0.0.0", false).run())
                .as("on a Unix domain socket only")
                .doesNotThrowAnyException();
    }
}
