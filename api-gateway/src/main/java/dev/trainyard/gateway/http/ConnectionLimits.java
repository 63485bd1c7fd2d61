package dev.trainyard.gateway.http;

import dev.trainyard.gateway.runtime.GatewaySettings;
import io.quarkus.runtime.configuration.MemorySize;

/**
 * Limits for connections.
 *
 * @param answerBytes of all unread answers
 */
record ConnectionLimits(int connectionsPerClient, long headNanos, long idleNanos, long writeNanos, long answerBytes) {

    static ConnectionLimits of(GatewaySettings.Http http) {
        return new ConnectionLimits(
                http.connectionsPerClient(),
                http.headTime().toNanos(),
                http.idleTime().toNanos(),
                http.writeTime().toNanos(),
                http.answerMemory()
                        .map(MemorySize::asLongValue)
                        .orElse(Runtime.getRuntime().maxMemory() / 4));
    }
}
