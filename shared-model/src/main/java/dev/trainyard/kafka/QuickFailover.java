package dev.trainyard.kafka;

import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * Settings of clients on the path of a prediction, which find the new leader of a partition within about a second. By
 * default a client asks for it when its request to the broker before times out, and does not learn that a broker hangs
 * whose kernel still accepts connections.
 */
public final class QuickFailover {
    private static final int METADATA_AGE_MILLIS = 1_000;
    private static final int CONNECT_MILLIS = 1_000;
    private static final int CONNECT_MOST_MILLIS = 2_000;
    private static final int RECONNECT_MOST_MILLIS = 1_000;

    private QuickFailover() {}

    /** Adds the settings to those of a producer or consumer. */
    public static void addTo(Map<String, Object> config) {
        config.put(CommonClientConfigs.METADATA_MAX_AGE_CONFIG, METADATA_AGE_MILLIS);
        config.put(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, CONNECT_MILLIS);
        config.put(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, CONNECT_MOST_MILLIS);
        config.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, RECONNECT_MOST_MILLIS);
    }
}
