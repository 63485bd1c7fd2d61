package dev.trainyard.gateway.http;

import dev.trainyard.gateway.runtime.GatewaySettings;
import jakarta.inject.Singleton;

/** Limits the rate at which a client tries to sign in. */
@Singleton
public final class SignInRateLimiter extends ClientRateLimiter {
    SignInRateLimiter(GatewaySettings settings) {
        super(settings.rate().signInsPerSecond(), "This client signs in more than %d times per second; slow down.");
    }
}
