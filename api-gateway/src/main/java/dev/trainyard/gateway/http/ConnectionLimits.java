package dev.trainyard.gateway.http;

import dev.trainyard.gateway.GatewaySettings;
import io.quarkus.runtime.configuration.MemorySize;

/**
 * What connections are held to.
 *
 * @param answerBytes of all answers that wait to be taken
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
