package dev.trainyard.gateway.access;

import dev.trainyard.gateway.http.ListenAddress;
import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.GatewaySettings.Auth.Mode;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Refuses to start a gateway that other machines reach and that every client may use. */
@Singleton
public class OpenAddressCheck {
    private final Mode mode;
    private final String host;
    private final boolean listensOnHost;

    /** @param listensOnHost false if the gateway listens on a Unix domain socket only, which only this machine reaches */
    @Inject
    OpenAddressCheck(
            GatewaySettings settings,
            @ConfigProperty(name = "quarkus.http.host") Optional<String> host,
            @ConfigProperty(name = "quarkus.http.host-enabled", defaultValue = "true") boolean listensOnHost) {
        this(settings.auth().mode(), host.orElse(""), listensOnHost);
    }

    OpenAddressCheck(Mode mode, String host, boolean listensOnHost) {
        this.mode = mode;
        this.host = host;
        this.listensOnHost = listensOnHost;
    }

    /**
     * Call before the port opens.
     *
     * @throws ConfigurationException with the two settings of which one has to change; it ends the start
     */
    public void run() {
        if (mode != Mode.NONE || !listensOnHost || ListenAddress.isLoopback(host)) {
            return;
        }
        throw new ConfigurationException("""
                The gateway does not start: other machines would reach it at %s, and with trainyard.auth.mode=none every client may do everything. Set one of:
                  TRAINYARD_AUTH_MODE=tokens      requests need an access token; the first one is printed in this log
                  QUARKUS_HTTP_HOST=127.0.0.1     only this machine reaches the gateway""".formatted(host.isBlank() ? "every address" : "\"" + host.strip() + "\""));
    }
}
