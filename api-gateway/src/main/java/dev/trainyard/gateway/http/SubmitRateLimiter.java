package dev.trainyard.gateway.http;

import dev.trainyard.gateway.runtime.GatewaySettings;
import jakarta.inject.Singleton;

/** Limits the rate at which a client submits and changes jobs. */
@Singleton
public final class SubmitRateLimiter extends ClientRateLimiter {
    SubmitRateLimiter(GatewaySettings settings) {
        super(
                settings.rate().submitsPerSecond(),
                "This client submits or changes more than %d jobs per second; slow down.");
    }
}
