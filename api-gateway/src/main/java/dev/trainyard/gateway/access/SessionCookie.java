package dev.trainyard.gateway.access;

import dev.trainyard.gateway.runtime.GatewaySettings;
import jakarta.inject.Singleton;

/** The cookie of a session: its identifier. */
@Singleton
class SessionCookie extends HostCookie {
    static final String NAME = "trainyard_session";
    static final String SECURE_NAME = "__Host-" + NAME;

    SessionCookie(GatewaySettings settings) {
        super(NAME, settings);
    }
}
