package dev.trainyard.gateway.access;

import dev.trainyard.gateway.runtime.GatewaySettings;
import dev.trainyard.gateway.runtime.GatewaySettings.Auth.Mode;
import jakarta.inject.Singleton;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Prepares access at the start of a gateway. */
@Singleton
public class AccessSetup {
    private static final Logger LOG = LoggerFactory.getLogger(AccessSetup.class);

    private final AccessTokens tokens;
    private final Mode mode;

    AccessSetup(AccessTokens tokens, GatewaySettings settings) {
        this.tokens = tokens;
        this.mode = settings.auth().mode();
    }

    /** Unless the mode is {@code none}, creates a token for an administrator if there is no valid one, and prints it once. */
    public void run() {
        if (mode != Mode.NONE) {
            tokens.createFirst()
                    .ifPresent(created -> LOG.warn(
                            "There was no valid token of an administrator. The new one, which is not shown again: {}",
                            created.secret().text()));
        }
    }
}
